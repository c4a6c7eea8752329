"""A token from a file that somebody keeps fresh, or from a command that prints one."""

from __future__ import annotations

import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.auth.bearer_token import TokenCommand, TokenFile
from jupyter_kfp_connect.core.auth.service_account_token import ServiceAccountToken
from jupyter_kfp_connect.core.errors import KfpConnectError

from .fakes import Transport, jwt
from .loopback import IN_TIME
from .test_tokens import code_of, sent

NOWHERE = Transport({})


class TestFile:
    def test_it_is_read_anew_each_time(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_text("first")
        credential = TokenFile(str(path))
        assert sent(credential) == "first"
        path.write_text("second")
        assert sent(credential) == "second"
        path.unlink()
        assert code_of(credential.headers) == "token-file-missing"
        path.write_text("third")
        assert sent(credential) == "third"

    @pytest.mark.parametrize("content", [None, ""])
    def test_a_moment_in_which_it_is_written_anew_is_bridged(
        self, tmp_path: Path, content: str | None
    ) -> None:
        path, token = tmp_path / "token", jwt(3600)
        path.write_text(token)
        credential = TokenFile(str(path))
        assert sent(credential) == token
        path.unlink() if content is None else path.write_text(content)
        assert sent(credential) == token
        path.write_text("second")
        assert sent(credential) == "second"

    def test_what_is_said_of_an_empty_one_is_not_about_a_pod(self, tmp_path: Path) -> None:
        (tmp_path / "token").touch()
        problem = TokenFile(str(tmp_path / "token")).problem
        assert problem is not None
        assert (problem.code, problem.remedy) == ("token-empty", "Write a token into it.")

    def test_kernels_in_other_folders_look_at_the_same_file(
        self, isolated_environ: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert TokenFile("~/token").watch == str(isolated_environ / "token")
        assert TokenFile("mine/token").watch == str(tmp_path / "mine/token")
        assert ServiceAccountToken("mine/token").watch == str(tmp_path / "mine/token")

    def test_the_home_folder_may_be_written_as_a_tilde(self, isolated_environ: Path) -> None:
        (isolated_environ / "token").write_text("mine")
        assert sent(TokenFile("~/token")) == "mine"


class TestCommand:
    @staticmethod
    def command(program: str, timeout: float = IN_TIME) -> TokenCommand:
        return TokenCommand([sys.executable, "-c", program], timeout)

    def test_it_is_run_when_it_is_due_and_not_before(self, tmp_path: Path) -> None:
        runs = tmp_path / "runs"
        program = f"open({str(runs)!r}, 'a').write('x'); print({jwt(3600)!r})"
        credential = self.command(program)
        now = datetime.now(timezone.utc)
        assert credential.due(now)
        assert sent(credential) == sent(credential)
        assert runs.read_text() == "x"
        assert not credential.due(now)
        assert credential.due(now + timedelta(minutes=59, seconds=45))
        credential.renew(NOWHERE)
        assert runs.read_text() == "xx"

    @pytest.mark.parametrize(
        ("program", "words"),
        [
            ("import sys; print('secret-token'); sys.exit('not logged in')", "1: not logged in"),
            ("import sys; sys.exit(3)", "ended with 3: —"),
            (f"import sys; sys.exit('\x1b[31mcannot use {jwt()}')", "cannot use •••$"),
            ("import time; time.sleep(600)", "did not end in 0.5 s"),
        ],
        ids=["prints a token", "says nothing", "says a token", "goes on"],
    )
    def test_its_failure_is_told_without_what_it_printed(self, program: str, words: str) -> None:
        with pytest.raises(KfpConnectError) as caught:
            self.command(program, 0.5 if "sleep" in program else IN_TIME).headers()
        assert caught.value.code == "token-command-failed"
        assert re.search(words, caught.value.message)
        assert "secret-token" not in str(caught.value)

    def test_a_clock_that_is_ahead_does_not_run_it_at_every_call(self, tmp_path: Path) -> None:
        runs = tmp_path / "runs"
        program = f"open({str(runs)!r}, 'a').write('x'); print({jwt(-3600)!r})"
        credential = self.command(program)
        sent(credential)
        assert not credential.due(datetime.now(timezone.utc))
        credential.renew(NOWHERE)  # as after a refusal
        assert runs.read_text() == "xx"

    def test_a_program_that_is_not_there_is_told(self) -> None:
        missing = TokenCommand(["/no/such/program"], 5)
        assert code_of(missing.headers) == "token-command-failed"

    @pytest.mark.parametrize(
        ("program", "code"),
        [
            ("pass", "token-empty"),
            ("import os; os.write(1, bytes([255, 254]))", "token-malformed"),
        ],
    )
    def test_what_it_prints_has_to_be_a_token(self, program: str, code: str) -> None:
        assert code_of(self.command(program).headers) == code

    def test_one_that_prints_nothing_is_not_told_of_a_pod(self) -> None:
        with pytest.raises(KfpConnectError, match="Run the command in a terminal"):
            self.command("pass").headers()
