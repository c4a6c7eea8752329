# Every target sets up by itself what it needs. `make help` tells what there is.
targets := help setup demo test lint format check lock bench clean

.DEFAULT_GOAL := help
.PHONY: $(targets)

$(targets):
	@sh scripts/run.sh $@ $(ARGS)
