# SPDX-License-Identifier: Apache-2.0
#
# The Ansible role, and ansible-playbook against the nodes of a cluster.

.PHONY: test-ansible
test-ansible: need-cluster need-engines ## node/ansible: ansible-lint, and ansible-playbook against the cluster's nodes
	@$(NEED) ansible:ansible-playbook ansible-lint:ansible-lint
	@$(call or_skip,ansible); \
	$(CLUSTER_BATS) test/ansible/ansible.bats
