#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause.exe, by Wine, which is no Windows: docs/windows.md says what that leaves open. Its
# headers are read for every platform, whatever this machine's is. And its images, over a base
# that has their form and nothing of Windows.

load helpers

PLATFORMS='amd64 arm64'
SHUTTING_DOWN='Shutting down, got signal'

setup_file() {
	export WINDOWS_HERE=amd64 WINE=/usr/lib/wine/wine64
	[ "$(uname -m)" != aarch64 ] || WINDOWS_HERE=arm64
	[ -x "$WINE" ] && [[ $(uname -m) == @(x86_64|aarch64) ]] || return 0
	# No display, no sound of its own, and neither .NET nor a browser to be asked for.
	export WINEPREFIX=$BATS_FILE_TMPDIR/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d'
	unset DISPLAY
	# Wine's server has a folder there, which it leaves.
	export TMPDIR=$BATS_FILE_TMPDIR
	timeout 120 "$WINE" wineboot --init >"$BATS_FILE_TMPDIR/wineboot" 2>&1 3>&- ||
		{ cat "$BATS_FILE_TMPDIR/wineboot" && false; }
}

teardown_file() {
	[ -d "${WINEPREFIX-}" ] || return 0
	"${WINE%/*}/wineserver64" --kill || true
	"${WINE%/*}/wineserver64" --wait
}

setup() {
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	JOB='' PID='' POD_LAUNCHER=''
	EXE=build/windows-$WINDOWS_HERE/pause.exe
}

teardown() {
	[ -z "$PID" ] || kill -KILL "$PID" 2>/dev/null || true
	# What a test that failed has not found.
	[ -n "${BATS_TEST_COMPLETED-}" ] || [ -z "$JOB" ] || "${WINE%/*}/wineserver64" --kill || true
	[ -z "$JOB" ] || wait "$JOB" 2>/dev/null || true
}

needs_wine() {
	[ -x "$WINE" ] || skip "no Wine here (apt-get install wine64)"
	[ -d "${WINEPREFIX-}" ] || skip "Wine runs a program for Windows on its own processor only, amd64 or arm64"
}

# sleeps_in_wine: whether pause waits: Wine's Sleep(INFINITE) is a select(2) for nothing, without
# end, which Linux numbers 23 or 270 (pselect6), or 72 on arm64. Sets PID.
sleeps_in_wine() {
	local pid call

	for pid in $(pgrep -x pause.exe); do
		if grep -qzxF "WINEPREFIX=$WINEPREFIX" "/proc/$pid/environ" 2>/dev/null; then
			read -r -a call 2>/dev/null <"/proc/$pid/syscall" || return
			[[ ${call[*]::6} == @(23|270|72)' 0x0 0x0 0x0 0x0 0x0' ]] && PID=$pid
			return
		fi
	done
	return 1
}

# wine_starts COMMAND...: starts a command by Wine that becomes pause or starts it, and waits until
# that waits. What is written to file descriptor 8 it reads on stdin.
wine_starts() {
	[ -p "$BATS_TEST_TMPDIR/stdin" ] || mkfifo "$BATS_TEST_TMPDIR/stdin"
	"$WINE" "$@" <"$BATS_TEST_TMPDIR/stdin" >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	exec 8>"$BATS_TEST_TMPDIR/stdin"
	wait_until sleeps_in_wine
}

# pause_exe ARGUMENT...: pause.exe alone. pause_with_console COMMAND...: below console_events; then
# it is no child of the test.
pause_exe() { wine_starts "$EXE" "$@"; }
pause_with_console() {
	local scope

	read -r scope 2>/dev/null </proc/sys/kernel/yama/ptrace_scope || scope=0
	[ "$(id -u)" -eq 0 ] || [ "$scope" -eq 0 ] ||
		skip "kernel.yama.ptrace_scope lets no ordinary user see where a process waits"
	wine_starts "build/test/windows-$WINDOWS_HERE/console_events.exe" "$@"
}

# event NUMBER: an event of its console, as console_events numbers them.
event() { printf %s "$1" >&8; }

# ended STATUS: it ends so.
ended() {
	exec 8>&-
	ends "$1"
}

@test "its headers: a console program, at any address, of at most 4,608 bytes and no date" {
	local platform headers

	for platform in $PLATFORMS; do
		headers=$(llvm-readobj-19 --file-headers "build/windows-$platform/pause.exe")
		case $platform in
		amd64) [[ $headers == *'Machine: IMAGE_FILE_MACHINE_AMD64 '* ]] ;;
		arm64) [[ $headers == *'Machine: IMAGE_FILE_MACHINE_ARM64 '* ]] ;;
		esac
		[[ $headers == *'Subsystem: IMAGE_SUBSYSTEM_WINDOWS_CUI '* ]]
		[[ $headers == *'TimeDateStamp: 1970-01-01 00:00:00 (0x0)'* ]]
		[[ $headers == *'SymbolCount: 0'* ]]
		[ "$(grep -c IMAGE_FILE_RELOCS_STRIPPED <<<"$headers")" -eq 0 ]
		diff <(grep -o 'IMAGE_DLL_CHARACTERISTICS_[A-Z_]*' <<<"$headers" | sort) - <<-END
			IMAGE_DLL_CHARACTERISTICS_DYNAMIC_BASE
			IMAGE_DLL_CHARACTERISTICS_GUARD_CF
			IMAGE_DLL_CHARACTERISTICS_HIGH_ENTROPY_VA
			IMAGE_DLL_CHARACTERISTICS_NX_COMPAT
			IMAGE_DLL_CHARACTERISTICS_TERMINAL_SERVER_AWARE
		END
		[ "$(stat -c %s "build/windows-$platform/pause.exe")" -le 4608 ]
	done
}

@test "its sections: code that cannot be written, data that can neither be written nor run" {
	local platform

	for platform in $PLATFORMS; do
		diff <(llvm-readobj-19 --sections "build/windows-$platform/pause.exe" |
			awk '$1 == "Name:" { name = $2; rights = "" } /IMAGE_SCN_MEM_/ { rights = rights " " $1 }
				/^    \]/ { print name rights }') - <<-END
			.text IMAGE_SCN_MEM_EXECUTE IMAGE_SCN_MEM_READ
			.rdata IMAGE_SCN_MEM_READ
			.reloc IMAGE_SCN_MEM_DISCARDABLE IMAGE_SCN_MEM_READ
		END
	done
}

@test "it imports what kernel32.def names of that DLL, and nothing else" {
	local platform

	for platform in $PLATFORMS; do
		diff <(awk '/^\t/ { print $1 } /^LIBRARY/ { print "of", $2 }' src/windows/kernel32.def | sort) \
			<(llvm-readobj-19 --coff-imports "build/windows-$platform/pause.exe" |
				awk '$1 == "Symbol:" { print $2 } $1 == "Name:" { print "of", $2 }' | sort)
	done
}

@test "Control Flow Guard knows two functions, the start and the handler; amd64 may have a shadow stack" {
	local platform headers functions entry handler

	for platform in $PLATFORMS; do
		headers=$(llvm-readobj-19 --file-headers --coff-load-config "build/windows-$platform/pause.exe")
		[[ $headers == *'GuardFlags [ (0x500)'* ]] # instrumented, with a table
		[[ $headers == *'Size: 0x98'* ]] # as far as these flags
		# Where the loader puts its own function: in data that cannot be written.
		[[ $headers == *'GuardCFCheckFunction: 0x140002'* ]]
		[[ $headers =~ AddressOfEntryPoint:\ 0x([0-9A-F]+) ]]
		entry=$(printf '0x%X' $((0x140000000 + 0x${BASH_REMATCH[1]})))
		mapfile -t functions < <(sed -n '/^GuardFidTable/,/^]/s/^ *\(0x.*\)/\1/p' <<<"$headers")
		[ ${#functions[@]} -eq 2 ]
		[ "${functions[0]}" = "$entry" ]
		[ $((functions[0] % 16)) -eq 0 ]
		[ $((functions[1] % 16)) -eq 0 ]
		# The other one is what the start passes to SetConsoleCtrlHandler first of all.
		case $platform in
		amd64) handler="leaq.*# ${functions[1]}" ;;
		arm64) handler="add.*x0, x0, #0x${functions[1]: -3}$" ;;
		esac
		llvm-objdump-19 --disassemble --no-show-raw-insn "build/windows-$platform/pause.exe" |
			grep -m 12 '^14' | grep -qE "$handler"
	done
	[[ $(llvm-readobj-19 --coff-debug-directory build/windows-amd64/pause.exe) == *IMAGE_DLL_CHARACTERISTICS_EX_CET_COMPAT* ]]
}

@test "two builds in two folders are the same, byte for byte" {
	local platform

	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	(cd "$BATS_TEST_TMPDIR/tree" && umask 077 && export LINK=/stack:65536 _LINK_=/stack:65536 CPATH=$PWD &&
		make -s windows VERSION="$(cat "$OLDPWD/build/version")")
	for platform in $PLATFORMS; do
		cmp "build/windows-$platform/pause.exe" "$BATS_TEST_TMPDIR/tree/build/windows-$platform/pause.exe"
	done
}

# wake_ups: how often it was given a processor, and for how many ticks.
wake_ups() {
	grep ctxt "/proc/$PID/status"
	cut -d ' ' -f 14,15 "/proc/$PID/stat"
}

@test "it sleeps, and nothing wakes it" {
	local before

	needs_wine
	pause_exe
	[ "$(ls "/proc/$PID/task")" = "$PID" ]
	before=$(wake_ups)
	# As long as another one takes to start and to end.
	"${LIMITED[@]}" "$WINE" "$EXE" --version >/dev/null
	[ "$(wake_ups)" = "$before" ]
	says "$OUT"
	says "$ERR"
}

@test "Ctrl-C on a terminal ends it: a line, status 0" {
	needs_wine
	mkfifo "$BATS_TEST_TMPDIR/keys"
	script -qec "$WINE $EXE 2>$ERR" /dev/null <"$BATS_TEST_TMPDIR/keys" >"$OUT" 3>&- &
	JOB=$!
	exec 8>"$BATS_TEST_TMPDIR/keys"
	wait_until sleeps_in_wine
	printf '\003' >&8
	ended 0
	says "$ERR" "$SHUTTING_DOWN"
}

@test "Ctrl-C, Ctrl-Break, close and shutdown end it: a line, status 0" {
	needs_wine
	for number in 0 1 2 6; do
		pause_with_console "$EXE"
		event $number
		ended 0
		says "$OUT"
		says "$ERR" "$SHUTTING_DOWN"
	done
}

@test "a logoff does not" {
	needs_wine
	pause_with_console "$EXE"
	event 5
	event 6
	ended 0
	says "$ERR" "$SHUTTING_DOWN"
}

@test "started by a program that ignores Ctrl-C, it does not" {
	needs_wine
	pause_with_console --ignore-ctrl-c "$EXE"
	event 0
	ended 0
	says "$ERR" "$SHUTTING_DOWN"
}

@test "-v, -V and --version print the version, wherever they stand" {
	needs_wine
	for arguments in -v -V --version '--guard -v'; do
		# shellcheck disable=SC2086 # two arguments
		"${LIMITED[@]}" "$WINE" "$EXE" $arguments >"$OUT" 2>"$ERR"
		says "$OUT" "pause.c $(cat build/version)"
	done
	says "$ERR" "Warning: '--guard' does nothing on Windows"
}

@test "-h and --help say what it does" {
	needs_wine
	for argument in -h --help; do
		"${LIMITED[@]}" "$WINE" "$EXE" $argument >"$OUT" 2>"$ERR"
		says "$ERR"
		says "$OUT" 'Usage: pause [--log-reaped] [--guard]' \
			'Holds a Windows pod until Ctrl-C, Ctrl-Break, or the close or shutdown event.' \
			'  --log-reaped, --guard  do nothing on Windows, and a line says so' \
			'  -v, -V, --version, -h, --help  print it and exit' \
			'Other arguments are named and ignored.' \
			'Exit status: 0 done; 1 cannot handle the events, or write to stdout'
	done
}

@test "what Linux has options for: a line each, and it sleeps" {
	needs_wine
	pause_with_console "$EXE" --guard --log-reaped
	event 6
	ended 0
	says "$ERR" "Warning: '--guard' does nothing on Windows" "Warning: '--log-reaped' does nothing on Windows" \
		"$SHUTTING_DOWN"
}

# Wine makes one command line of them, with quotes and backslashes as they have to be there.
# shellcheck disable=SC1003 # nothing is to be escaped
ARGUMENTS=(x --Guard --guard=1 '' ' ' 'two words' 'ends with \' 'a "quote"' '\"' '\\"' 'C:\dir\' 'C:\a dir\\' "'" ünïcödé 日本 🙂)

@test "an unknown argument is named as it was given, in UTF-8, one line each" {
	needs_wine
	LC_ALL=C.UTF-8 pause_exe "${ARGUMENTS[@]}"
	kill -INT "$PID" # which is Ctrl-C to Wine
	ended 0
	mapfile -t expected < <(printf "Warning: unknown argument '%s'\n" "${ARGUMENTS[@]}")
	says "$ERR" "${expected[@]}" "$SHUTTING_DOWN"
}

@test "a command line is parted as Microsoft's C runtime does it" {
	needs_wine
	pause_with_console "$EXE" 'one~two' 'a^b~c^d' '^^' '^a^^b^' 'x^^^y^' '^--guard^'
	event 6
	ended 0
	says "$ERR" "Warning: unknown argument 'one'" "Warning: unknown argument 'two'" "Warning: unknown argument 'ab?cd'" \
		"Warning: unknown argument ''" "Warning: unknown argument 'a\"b'" "Warning: unknown argument 'x\"y'" \
		"Warning: '--guard' does nothing on Windows" "$SHUTTING_DOWN"
}

@test "its own name may have blanks, between quotes" {
	needs_wine
	mkdir "$BATS_TEST_TMPDIR/a folder"
	cp "$EXE" "$BATS_TEST_TMPDIR/a folder/pause.exe"
	pause_with_console "^Z:$BATS_TEST_TMPDIR/a+folder/pause.exe^" unknown
	event 6
	ended 0
	says "$ERR" "Warning: unknown argument 'unknown'" "$SHUTTING_DOWN"
}

@test "what is no line stays none, and a long name is cut off" {
	local name

	needs_wine
	name=$(printf '%0127d' 0)
	LC_ALL=C.UTF-8 pause_exe $'a\nb\033c' "$name" "${name}1" "${name//0/日}日" "${name:1}🙂"
	kill -INT "$PID"
	ended 0
	says "$ERR" "Warning: unknown argument 'a?b?c'" "Warning: unknown argument '$name'" \
		"Warning: unknown argument '$name'" "Warning: unknown argument '${name//0/日}'" \
		"Warning: unknown argument '${name:1}"$'\xef\xbf\xbd'"'" "$SHUTTING_DOWN"
}

@test "a handler that cannot be installed: a line, status 1" {
	needs_wine
	# A copy that calls another function of kernel32.dll, which wants a process and finds none.
	mkdir "$BATS_TEST_TMPDIR/refused"
	sed 's/SetConsoleCtrlHandler/GetProcessHandleCount/' "$EXE" >"$BATS_TEST_TMPDIR/refused/pause.exe"
	run -1 --separate-stderr "${LIMITED[@]}" "$WINE" "$BATS_TEST_TMPDIR/refused/pause.exe"
	[ "$output" = "" ]
	[ "$stderr" = 'Error: cannot set the control handler' ]
}

@test "stdout that cannot be written: a line, status 1" {
	local status=0

	needs_wine
	"${LIMITED[@]}" "$WINE" "$EXE" --version >/dev/full 2>"$ERR" || status=$?
	[ $status -eq 1 ]
	says "$ERR" 'Error: cannot write to stdout'
}

@test "stderr that cannot be written: it sleeps and ends all the same" {
	needs_wine
	ln -s /dev/full "$BATS_TEST_TMPDIR/full"
	ERR=$BATS_TEST_TMPDIR/full
	pause_exe unknown
	kill -INT "$PID"
	ended 0
}

# buildah ARGUMENT...: buildah with a store of the test's own; without the warnings that an
# ordinary user gets.
buildah() {
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$BATS_TEST_TMPDIR" \
		"$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/storage.conf"
	HOME=$BATS_TEST_TMPDIR CONTAINERS_STORAGE_CONF=$BATS_TEST_TMPDIR/storage.conf command buildah --log-level error "$@"
}

# base NAME CONFIGURATION...: makes an image that has the form of one of Windows, by these options
# of buildah, in the layout of the tests' bases.
base() {
	local container

	mkdir -p "$BATS_TEST_TMPDIR/root/Files/Windows/System32"
	container=$(buildah from scratch)
	buildah copy --quiet "$container" "$BATS_TEST_TMPDIR/root" /
	buildah config "${@:2}" "$container"
	buildah commit --quiet --timestamp 0 "$container" "oci:$BATS_TEST_TMPDIR/bases:$1"
	buildah rm "$container"
}

# foreign NAME: has that base say, as older ones of Windows do, that another server has its layer.
foreign() {
	local index=$BATS_TEST_TMPDIR/bases/index.json manifest

	manifest=$BATS_TEST_TMPDIR/bases/blobs/sha256/$(jq -r --arg name "$1" \
		'.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $name).digest[7:]' "$index")
	jq -c '.layers[] += { mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
		urls: ["https://registry.example/layer"] }' "$manifest" >"$BATS_TEST_TMPDIR/manifest"
	digest=$(sha256sum "$BATS_TEST_TMPDIR/manifest" | cut -d ' ' -f 1)
	jq -c --arg old "${manifest##*/}" --arg new "$digest" --argjson size "$(stat -c %s "$BATS_TEST_TMPDIR/manifest")" \
		'(.manifests[] | select(.digest == "sha256:\($old)")) |= . + { digest: "sha256:\($new)", size: $size }' \
		"$index" >"$BATS_TEST_TMPDIR/index"
	mv "$BATS_TEST_TMPDIR/manifest" "$BATS_TEST_TMPDIR/bases/blobs/sha256/$digest"
	mv "$BATS_TEST_TMPDIR/index" "$index"
}

# images FILE BASE...: the archive with images for Windows over these bases, of what is in build/.
images() {
	local file=$1 IFS=$'\n'

	shift
	VERSION=$(cat build/version) SOURCE_DATE_EPOCH=$(cat build/date) \
		WINDOWS_BASE="${*/#/oci:$BATS_TEST_TMPDIR/bases:}" \
		image/archive "$file" amd64 s390x
}

# unpacked FILE: an archive, in the folder named after it; blob DIGEST: a file of that of $ARCHIVE.
unpacked() { mkdir "$1.d" && tar -xf "$1" -C "$1.d"; }
blob() { echo "$ARCHIVE.d/blobs/${1/://}"; }

@test "with WINDOWS_BASE each index has an image for Windows: the base's layers, and one on top" {
	local name index os_version manifest entrypoint

	ARCHIVE=$BATS_TEST_TMPDIR/pause.oci.tar
	base ltsc2022 --os windows --os-version 10.0.20348.1 --os-feature win32k --cmd cmd.exe --env 'PATH=C:\Windows'
	base ltsc2025 --os windows --os-version 10.0.26100.1
	images "$ARCHIVE" ltsc2022 ltsc2025
	unpacked "$ARCHIVE"
	[ "$(jq '.manifests | length' "$ARCHIVE.d/index.json")" -eq 3 ]
	jq -r '.manifests[] | "\(.annotations["org.opencontainers.image.ref.name"]) \(.digest)"' "$ARCHIVE.d/index.json" |
		while read -r name index; do
			diff <(jq -c '.manifests[].platform' "$(blob "$index")") - <<-END
				{"architecture":"amd64","os":"linux"}
				{"architecture":"s390x","os":"linux"}
				{"architecture":"amd64","os":"windows","os.version":"10.0.20348.1","os.features":["win32k"]}
				{"architecture":"amd64","os":"windows","os.version":"10.0.26100.1"}
			END
			case $name in
			*-guard) entrypoint='["/pause.exe","--guard"]' ;;
			*-log) entrypoint='["/pause.exe","--log-reaped"]' ;;
			*) entrypoint='["/pause.exe"]' ;;
			esac
			jq -r '.manifests[2:][] | "\(.platform."os.version") \(.digest)"' "$(blob "$index")" |
				while read -r os_version manifest; do
					manifest=$(blob "$manifest") base=ltsc2022 environment='"Env":["PATH=C:\\Windows"],'
					[ "$os_version" = 10.0.20348.1 ] || base=ltsc2025 environment=
					config=$(blob "$(jq -r .config.digest "$manifest")")
					[ "$(jq -c '.config | del(.Labels)' "$config")" = "{$environment\"User\":\"ContainerUser\",\"Entrypoint\":$entrypoint}" ]
					[ "$(jq -r '"\(.os) \(.architecture) \(."os.version") \(.created)"' "$config")" = \
						"windows amd64 $os_version $(date -u -d "@$(cat build/date)" +%FT%TZ)" ]
					diff <(jq -c .annotations "$manifest") <(jq -c .annotations "$(blob "$(jq -r '.manifests[0].digest' "$(blob "$index")")")")
					diff <(jq -r '.mediaType, .config.mediaType, .layers[].mediaType' "$manifest") - <<-END
						application/vnd.oci.image.manifest.v1+json
						application/vnd.oci.image.config.v1+json
						application/vnd.oci.image.layer.v1.tar+gzip
						application/vnd.oci.image.layer.v1.tar+gzip
					END
					skopeo inspect --config "oci:$BATS_TEST_TMPDIR/bases:$base" >"$BATS_TEST_TMPDIR/base"
					[ "$(jq -r '.rootfs.diff_ids[0]' "$config")" = "$(jq -r '.rootfs.diff_ids[0]' "$BATS_TEST_TMPDIR/base")" ]
					for layer in 0 1; do
						[ "$(gzip -dc "$(blob "$(jq -r ".layers[$layer].digest" "$manifest")")" | sha256sum | cut -d ' ' -f 1)" = \
							"$(jq -r ".rootfs.diff_ids[$layer]" "$config" | cut -d : -f 2)" ]
					done
					jq -r '.layers[1].digest' "$manifest" >>"$BATS_TEST_TMPDIR/layers"
				done
		done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/layers")" -eq 6 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR/layers" | wc -l)" -eq 1 ]
	image/describe "$ARCHIVE" | grep -F 'windows(10.0.26100.1)/amd64'
	# The rest is what it is without.
	images "$BATS_TEST_TMPDIR/linux.oci.tar"
	diff <(image/describe "$BATS_TEST_TMPDIR/linux.oci.tar" | grep -v ' index ') \
		<(image/describe "$ARCHIVE" | grep -v -e ' index ' -e windows)
}

@test "its layer: Files and Hives, by what Windows asks of a layer, and pause.exe that users may run" {
	ARCHIVE=$BATS_TEST_TMPDIR/pause.oci.tar
	base ltsc2022 --os windows --os-version 10.0.20348.1
	images "$ARCHIVE" ltsc2022
	unpacked "$ARCHIVE"
	manifest=$(blob "$(jq -r '.manifests[2].digest' "$(blob "$(jq -r '.manifests[0].digest' "$ARCHIVE.d/index.json")")")")
	layer=$(blob "$(jq -r '.layers[1].digest' "$manifest")")
	diff <(TZ=UTC tar -tvzf "$layer" --full-time | tr -s ' ') - <<-END
		drwxr-xr-x 0/0 0 $(date -u -d "@$(cat build/date)" '+%F %T') Files/
		drwxr-xr-x 0/0 0 $(date -u -d "@$(cat build/date)" '+%F %T') Hives/
		-r-xr-xr-x 0/0 $(stat -c %s build/windows-amd64/pause.exe) $(date -u -d "@$(cat build/date)" '+%F %T') Files/pause.exe
	END
	tar -xOzf "$layer" Files/pause.exe | cmp - build/windows-amd64/pause.exe
	python3 - "$layer" <<-'END' >"$BATS_TEST_TMPDIR/headers"
		import sys, tarfile
		for member in tarfile.open(sys.argv[1]):
		    print(member.name, *[f"{key}={value}" for key, value in sorted(member.pax_headers.items())])
	END
	security=$(sed -n 's/.* MSWINDOWS.rawsd=\([^ ]*\) .*/\1/p' "$BATS_TEST_TMPDIR/headers")
	date=$(cat build/date)
	diff "$BATS_TEST_TMPDIR/headers" - <<-END
		Files LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=16 atime=$date ctime=$date
		Hives LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=16 atime=$date ctime=$date
		Files/pause.exe LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=32 MSWINDOWS.rawsd=$security atime=$date ctime=$date
	END
	needs_wine
	[ "$(base64 -d <<<"$security" | "$WINE" "build/test/windows-$WINDOWS_HERE/security_descriptor.exe")" = \
		'O:BAG:SYD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)' ]
}

@test "make image takes WINDOWS_BASE, and the same bytes come of it" {
	base ltsc2022 --os windows --os-version 10.0.20348.1
	export VERSION=v1 SOURCE_DATE_EPOCH=1
	tools/copy-sources "$BATS_TEST_TMPDIR/one"
	make -s -C "$BATS_TEST_TMPDIR/one" image WINDOWS_BASE="oci:$BATS_TEST_TMPDIR/bases:ltsc2022"
	cp -a "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	rm "$BATS_TEST_TMPDIR/two/build/pause.oci.tar"
	mkdir -m 3777 "$BATS_TEST_TMPDIR/setgid"
	(umask 077 && TMPDIR=$BATS_TEST_TMPDIR/setgid TZ=Asia/Kathmandu LC_ALL=C.UTF-8 GZIP=-1 TAR_OPTIONS=--owner=daemon \
		make -s -C "$BATS_TEST_TMPDIR/two" image WINDOWS_BASE="oci:$BATS_TEST_TMPDIR/bases:ltsc2022")
	cmp "$BATS_TEST_TMPDIR/"{one,two}/build/pause.oci.tar
	[ "$(make -s -C "$BATS_TEST_TMPDIR/one" image-contents WINDOWS_BASE="oci:$BATS_TEST_TMPDIR/bases:ltsc2022" |
		grep -c windows)" -eq 3 ]
	# It is not remembered.
	[ "$(make -s -C "$BATS_TEST_TMPDIR/one" image-contents | grep -c windows)" -eq 0 ]
}

@test "of a base for several platforms, that of Windows for amd64 is taken" {
	local name

	ARCHIVE=$BATS_TEST_TMPDIR/pause.oci.tar
	base linux --os linux
	base arm --os windows --arch arm64 --os-version 10.0.26100.1
	base ltsc2025 --os windows --os-version 10.0.26100.2
	buildah manifest create several
	for name in linux arm ltsc2025; do
		buildah manifest add several "oci:$BATS_TEST_TMPDIR/bases:$name"
	done
	buildah manifest push --all several "oci:$BATS_TEST_TMPDIR/bases:several"
	images "$ARCHIVE" several
	[ "$(image/describe "$ARCHIVE" | grep -c 'windows(10.0.26100.2)/amd64')" -eq 3 ]
}

@test "a base that is not there, not of Windows, or says no version: a line, and no archive" {
	base linux --os linux
	base arm --os windows --arch arm64 --os-version 10.0.26100.1
	base unknown --os windows
	base foreign --os windows --os-version 10.0.20348.1
	foreign foreign
	mkdir "$BATS_TEST_TMPDIR/out.d"
	while IFS='|' read -r name is; do
		run -1 images "$BATS_TEST_TMPDIR/out.d/pause.oci.tar" "$name"
		[ "${lines[-1]}" = "${is/NAMED/oci:$BATS_TEST_TMPDIR/bases:$name}" ]
		[ -z "$(ls "$BATS_TEST_TMPDIR/out.d")" ]
	done <<-END
		missing|no image of Windows can be had by WINDOWS_BASE=NAMED
		linux|an image of Windows for amd64 that says its os.version is wanted; WINDOWS_BASE=NAMED is for linux amd64 without a version
		arm|an image of Windows for amd64 that says its os.version is wanted; WINDOWS_BASE=NAMED is for windows arm64 10.0.26100.1
		unknown|an image of Windows for amd64 that says its os.version is wanted; WINDOWS_BASE=NAMED is for windows amd64 without a version
		foreign|a base with all of its layers is wanted; WINDOWS_BASE=NAMED leaves some to another server
	END
}
