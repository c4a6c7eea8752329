import {
  isReadableOnTheWay,
  nameFor,
  namespaceOf,
  signInOf
} from '../connections';
import { connected, connection, rung, signedOut } from './answers';

describe('a name for a connection', () => {
  it.each([
    ['https://Kubeflow.Example.com/pipeline', 'kubeflow.example.com'],
    ['http://localhost:8080/pipeline', 'localhost-8080'],
    ['kubeflow.example.com', 'kubeflow.example.com'],
    ['https://[::1]:8080/', '1-8080'],
    ['', 'kubeflow']
  ])('%s gives %s, which the server accepts', (host, name) => {
    expect(nameFor(host, [])).toBe(name);
    expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,62}$/);
  });

  it('is never that of another connection', () => {
    const taken = ['localhost-8080', 'localhost-8080-2'];
    expect(nameFor('http://localhost:8080', taken)).toBe('localhost-8080-3');
  });
});

describe('a password that could be read on the way', () => {
  it.each([
    ['http://kubeflow.example.com/pipeline', true],
    [' HTTP://10.0.0.1:8080', true],
    ['http://localhost.example.com', true],
    ['http://127.0.0.1.example.com', true],
    ['http://localhost:8080/pipeline', false],
    ['http://127.0.0.1:8080', false],
    ['http://[::1]:8080', false],
    ['http://kubeflow.localhost', false],
    ['https://kubeflow.example.com', false],
    ['kubeflow.example.com', false]
  ])('%s: %s', (host, expected) => {
    expect(isReadableOnTheWay(host)).toBe(expected);
  });
});

describe('the namespace in use', () => {
  it('is the one set, else the one that was proved', () => {
    expect(namespaceOf(connected())).toBe('team-a');
    expect(namespaceOf(connected({ namespace: null }))).toBe('team-a');
    expect(namespaceOf(connection())).toBeNull();
  });
});

describe('the sign-in form', () => {
  const refused = (code: string) =>
    connection({
      rungs: [
        rung('reachable', 'ok'),
        rung('signed-in', 'failed', { code }),
        rung('authorized')
      ]
    });

  it('stays after a wrong password, with the connectors offered before', () => {
    const before = signedOut().sign_in;
    expect(signInOf(refused('wrong-password'), before)).toBe(before);
  });

  it('comes after a wrong password even if none was there before', () => {
    expect(signInOf(refused('wrong-password'), null)?.kind).toBe('password');
  });

  it('does not come where a form is of no use', () => {
    expect(signInOf(refused('token-missing'), null)).toBeNull();
    expect(signInOf(connected(), signedOut().sign_in)).toBeNull();
  });
});
