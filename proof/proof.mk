# SPDX-License-Identifier: Apache-2.0
#
# What is proved of pause and pause-init, and that the tests find small wrong versions of them.

.PHONY: need-proof
need-proof: | need-cc
	@$(NEED) bash:bash cvc4:cvc4 frama-c-base:frama-c patch:patch spin:spin why3:why3 z3:z3

.PHONY: proof
proof: need-proof ## prove that there is no undefined behaviour, no lost signal, no zombie
	@proof/eva
	@proof/wp
	@proof/model

.PHONY: mutants
mutants: need-test $(TEST_PROGRAMS) $(MEASURING_TOOLS) $(DEMO_PROGRAMS) ## show that the tests catch small wrong versions of pause and pause-init; with STEP=n, every nth
	@proof/mutants proof/mutants.txt $(STEP)
