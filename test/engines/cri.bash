# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests ask of a runtime, by the container runtime interface: of the pod $SANDBOX, and of
# its containers, each of which has a file $BATS_TEST_TMPDIR/NAME with its ID as cri answers and
# takes it. To be sourced with engines.bash.

# What a test ends with, unless its file says otherwise.
teardown() {
	[ -z "${CANNOT-}" ] || return 0
	remove_sandboxes
}

# load_images: what the tests run: our image, all its tags, and the services.
load_images() {
	ctr --namespace k8s.io images import build/pause.oci.tar
	load_services
}

load_services() {
	ctr --namespace k8s.io images import build/test/services.oci.tar
}

# pod_of NAMESPACE_OPTIONS: a pod with the two services, the hostname a-pod. Sets
# SANDBOX, and PID to that of pause.
pod_of() {
	pod_without_pause "$1"
	PID=$(sandbox_pid)
	wait_until waits "$PID"
}

# pod_without_pause NAMESPACE_OPTIONS: the same where the runtime may start none.
pod_without_pause() {
	local config container name

	config=$(sandbox_config a-pod "$1")
	SANDBOX=$(cri RuntimeService/RunPodSandbox "{ \"config\": $config }" | jq -r .pod_sandbox_id)
	for name in nginx redis; do
		container=$(cri RuntimeService/CreateContainer "$(jq -nc --arg name $name --arg sandbox "$SANDBOX" \
			--argjson pod "$config" '{
				pod_sandbox_id: $sandbox,
				sandbox_config: $pod,
				config: {
					metadata: { name: $name },
					image: { image: "localhost/\($name):test", user_specified_image: "localhost/\($name):test" },
					linux: { security_context: {
						namespace_options: $pod.linux.security_context.namespace_options,
						seccomp: {} } }
				}
			}')")
		cri RuntimeService/StartContainer "$container"
		echo "$container" >"$BATS_TEST_TMPDIR/$name"
	done
}

# sandbox: what the runtime says of $SANDBOX.
sandbox() {
	cri RuntimeService/PodSandboxStatus "{ \"pod_sandbox_id\": \"$SANDBOX\", \"verbose\": true }"
}

sandbox_pid() {
	sandbox | jq -r '.info.info | fromjson | .pid'
}

is_not_ready() {
	[ "$(sandbox | jq -r .status.state)" = SANDBOX_NOTREADY ]
}

container_exec() {
	local answer

	answer=$(cri RuntimeService/ExecSync "$(jq -c '. + { cmd: $ARGS.positional }' "$BATS_TEST_TMPDIR/$1" \
		--args -- "${@:2}")") || return
	jq -j .stdout <<<"$answer"
	jq -j .stderr <<<"$answer" >&2
	return "$(jq .exit_code <<<"$answer")"
}

# kill_first_process NAME: `kill 1` in that container, where PID 1 may be pause, and its end
# that of the pod. In the background, as the runtime may lose a process that ends along with
# the pod; and whether that bash ends by itself or with the pod is a race.
kill_first_process() {
	container_exec "$1" bash -c 'kill 1 >/dev/null 2>&1 &' || true
}

# namespace PID NAME: which one it is in.
namespace() {
	readlink "/proc/$1/ns/$2"
}

# is_pinned NAME: prints whether the runtime reports that image as pinned.
is_pinned() {
	cri ImageService/ImageStatus "{ \"image\": { \"image\": \"$1\" } }" | jq .image.pinned
}

# is_pinned_if_it_can NAME: whether containerd reports that image, which has to be in the store, as
# pinned. The 1.6.20 of Debian 12 reports no pin: the first that does is 1.6.22.
is_pinned_if_it_can() {
	local version

	version=$(cri RuntimeService/Version '{}' | jq -r .runtime_version)
	[ "$(is_pinned "$1")" = "$([[ $version == 1.6.* ]] && echo false || echo true)" ]
}

# has_pids_each: the containers of this pod, whose hostname is a-pod, have a PID namespace
# each, and pause is alone in its own. PID is that of pause.
has_pids_each() {
	is_a_pod a-pod
	[ "$(first_process nginx)" = 'nginx: master process nginx -e stderr -c /etc/nginx.conf' ]
	[[ $(first_process redis) == redis-server* ]]
	[[ $(status_of "$PID" NSpid) == *$'\t1' ]]
	POD_PID=$PID pod_is_empty
}
