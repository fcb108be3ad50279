# SPDX-License-Identifier: Apache-2.0

.PHONY: docs-picture
docs-picture: ## the picture of a pod, in docs/how-it-works.md
	@$(NEED) graphviz:dot
	dot -Tsvg -o docs/pod.svg docs/pod.dot
