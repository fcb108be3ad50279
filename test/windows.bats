#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: pause.exe, by Wine, which is no Windows: docs/windows.md says what that leaves open.
# Its headers are read for every platform, whatever this machine's is. And its images, over a base
# that has their form and nothing of Windows.

load helpers

PLATFORMS='amd64 arm64'
SHUTTING_DOWN='Shutting down, got signal'

setup_file() {
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
	export VERSION SOURCE_DATE_EPOCH WINDOWS_HERE=amd64 WINE=/usr/lib/wine/wine64
	VERSION=$(cat build/version) SOURCE_DATE_EPOCH=$(cat build/date)
	[ "$(uname -m)" != aarch64 ] || WINDOWS_HERE=arm64
	export EXE=build/windows-$WINDOWS_HERE/pause.exe
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

teardown() {
	# shellcheck disable=SC2086 # those that there are
	kill -KILL $PID $JOB 2>/dev/null || true
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

# starts COMMAND...: starts a command that becomes pause in Wine or starts it, and waits until that
# waits. What is written to file descriptor 8 it reads on stdin.
starts() {
	[ -p "$BATS_TEST_TMPDIR/stdin" ] || mkfifo "$BATS_TEST_TMPDIR/stdin"
	"$@" <"$BATS_TEST_TMPDIR/stdin" >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	exec 8>"$BATS_TEST_TMPDIR/stdin"
	wait_until sleeps_in_wine
}

# pause_exe ARGUMENT...: pause.exe alone. pause_with_console COMMAND...: below console_events, which
# sends it events by their numbers; then it is no child of the test.
pause_exe() { starts "$WINE" "$EXE" "$@"; }
pause_with_console() {
	local scope

	read -r scope 2>/dev/null </proc/sys/kernel/yama/ptrace_scope || scope=0
	[ "$(id -u)" -eq 0 ] || [ "$scope" -eq 0 ] ||
		skip "kernel.yama.ptrace_scope lets no ordinary user see where a process waits"
	starts "$WINE" "build/test/windows-$WINDOWS_HERE/console_events.exe" "$@"
}

# ended: it ends, with status 0.
ended() {
	exec 8>&-
	ends 0
}

@test "at most 4,608 bytes, at any address, no date, nothing both written and run; imports; Control Flow Guard" {
	for platform in $PLATFORMS; do
		exe=build/windows-$platform/pause.exe
		[ "$(stat -c %s "$exe")" -le 4608 ]
		headers=$(llvm-readobj-19 --file-headers --sections --coff-load-config "$exe")
		for line in "Machine: IMAGE_FILE_MACHINE_${platform^^} " 'Subsystem: IMAGE_SUBSYSTEM_WINDOWS_CUI ' \
			'TimeDateStamp: 1970-01-01 00:00:00 (0x0)'; do
			[[ $headers == *"$line"* ]]
		done
		[[ $headers != *IMAGE_FILE_RELOCS_STRIPPED* ]]
		diff <(grep -o 'IMAGE_DLL_CHARACTERISTICS_[A-Z_]*' <<<"$headers" | sort) - <<-END
			IMAGE_DLL_CHARACTERISTICS_DYNAMIC_BASE
			IMAGE_DLL_CHARACTERISTICS_GUARD_CF
			IMAGE_DLL_CHARACTERISTICS_HIGH_ENTROPY_VA
			IMAGE_DLL_CHARACTERISTICS_NX_COMPAT
			IMAGE_DLL_CHARACTERISTICS_TERMINAL_SERVER_AWARE
		END
		diff <(awk '$1 == "Name:" { name = $2; rights = "" } /IMAGE_SCN_MEM_/ { rights = rights " " $1 }
			/^    \]/ && rights { print name rights }' <<<"$headers") - <<-END
			.text IMAGE_SCN_MEM_EXECUTE IMAGE_SCN_MEM_READ
			.rdata IMAGE_SCN_MEM_READ
			.reloc IMAGE_SCN_MEM_DISCARDABLE IMAGE_SCN_MEM_READ
		END
		diff <(awk '/^\t/ { print $1 } /^LIBRARY/ { print "of", $2 }' src/windows/kernel32.def | sort) \
			<(llvm-readobj-19 --coff-imports "$exe" | awk '$1 == "Symbol:" { print $2 } $1 == "Name:" { print "of", $2 }' | sort)
		# Instrumented, with a table of the start and of the handler, and where the loader puts its
		# own function in data that cannot be written.
		[[ $headers == *'GuardFlags [ (0x500)'* ]]
		[[ $headers == *'GuardCFCheckFunction: 0x140002'* ]]
		[[ $headers =~ AddressOfEntryPoint:\ 0x([0-9A-F]+) ]]
		entry=$(printf '0x%X' $((0x140000000 + 0x${BASH_REMATCH[1]})))
		mapfile -t functions < <(sed -n '/^GuardFidTable/,/^]/s/^ *\(0x.*\)/\1/p' <<<"$headers")
		[ "${#functions[@]} ${functions[0]}" = "2 $entry" ]
		[ $((functions[0] % 16 + functions[1] % 16)) -eq 0 ]
	done
	llvm-readobj-19 --coff-debug-directory build/windows-amd64/pause.exe | grep -q IMAGE_DLL_CHARACTERISTICS_EX_CET_COMPAT
}

@test "it sleeps, and nothing wakes it" {
	needs_wine
	pause_exe
	[ "$(ls "/proc/$PID/task")" = "$PID" ]
	before=$(wakeups)
	# As long as another one takes to start and to end.
	"${LIMITED[@]}" "$WINE" "$EXE" --version >/dev/null
	[ "$(wakeups)" = "$before" ]
	says "$OUT"
	says "$ERR"
}

@test "Ctrl-C, Ctrl-Break, close and shutdown end it: a line, status 0; a logoff does not" {
	needs_wine
	# On a terminal.
	starts script -qec "$WINE $EXE 2>$ERR" /dev/null
	printf '\003' >&8
	ended
	says "$ERR" "$SHUTTING_DOWN"
	# The last event ends it; so does a Ctrl-C that the program which started it ignores.
	for how in 0 1 2 6 '5 6' '--ignore-ctrl-c 0'; do
		[[ $how == -* ]] && ignore=${how% *} || ignore=
		# shellcheck disable=SC2086 # an argument or none
		pause_with_console $ignore "$EXE"
		for number in ${how#"$ignore"}; do printf %s "$number" >&8; done
		ended
		says "$OUT"
		says "$ERR" "$SHUTTING_DOWN"
	done
}

# answers STATUS ARGUMENT...: it ends by itself, so.
answers() {
	local status=0

	"${LIMITED[@]}" "$WINE" "${@:2}" >"$OUT" 2>"$ERR" || status=$?
	[ $status -eq "$1" ]
}

@test "-v, -V, --version, -h and --help, wherever they stand; no handler or no stdout: a line, status 1" {
	needs_wine
	for argument in -v -V --version; do
		answers 0 "$EXE" --guard --log-reaped $argument
		says "$OUT" "pause.c $VERSION"
		says "$ERR" "Warning: '--guard' does nothing on Windows" "Warning: '--log-reaped' does nothing on Windows"
	done
	for argument in -h --help; do
		answers 0 "$EXE" $argument
		says "$ERR"
		diff <(sed -n '/^#define USAGE/,/^$/s/^\t"\(.*\)\\n".*/\1/p' src/windows/pause.c) "$OUT"
	done
	# A copy that calls another function of kernel32.dll, which wants a process and finds none.
	mkdir "$BATS_TEST_TMPDIR/refused"
	sed 's/SetConsoleCtrlHandler/GetProcessHandleCount/' "$EXE" >"$BATS_TEST_TMPDIR/refused/pause.exe"
	answers 1 "$BATS_TEST_TMPDIR/refused/pause.exe"
	says "$OUT"
	says "$ERR" 'Error: cannot set the control handler'
	OUT=/dev/full answers 1 "$EXE" --version
	says "$ERR" 'Error: cannot write to stdout'
	ERR=/dev/full
	pause_exe unknown
	kill -INT "$PID" # which is Ctrl-C to Wine
	ended
}

# Wine makes one command line of them, with quotes and backslashes as they have to be there.
# shellcheck disable=SC1003 # nothing is to be escaped
ARGUMENTS=(x --Guard --guard=1 '' ' ' 'two words' 'ends with \' 'a "quote"' '\"' '\\"' 'C:\dir\' 'C:\a dir\\' "'" ünï 日本 🙂)

@test "an unknown argument is named as it was given, in UTF-8, one line each; a long name is cut off" {
	needs_wine
	name=$(printf '%0127d' 0)
	mkdir "$BATS_TEST_TMPDIR/a folder"
	cp "$EXE" "$BATS_TEST_TMPDIR/a folder/pause.exe"
	EXE="$BATS_TEST_TMPDIR/a folder/pause.exe"
	LC_ALL=C.UTF-8 pause_exe "${ARGUMENTS[@]}" $'a\nb\033c' "$name" "${name}1" "${name//0/日}日" "${name:1}🙂"
	kill -INT "$PID"
	ended
	mapfile -t expected < <(printf "Warning: unknown argument '%s'\n" "${ARGUMENTS[@]}" 'a?b?c' "$name" "$name" \
		"${name//0/日}" "${name:1}"$'\xef\xbf\xbd')
	says "$ERR" "${expected[@]}" "$SHUTTING_DOWN"

	# As a command line has it that Wine has not made: a tab, and two quotes between quotes.
	printf '@"Z:%s" one\ttwo "a""b" ""\r\n' "${EXE//\//\\}" >"$BATS_TEST_TMPDIR/run.bat"
	starts "$WINE" cmd /c "$BATS_TEST_TMPDIR/run.bat"
	kill -INT "$PID"
	ended
	mapfile -t expected < <(printf "Warning: unknown argument '%s'\n" one two 'a"b' '')
	says "$ERR" "${expected[@]}" "$SHUTTING_DOWN"
}

# buildah ARGUMENT...: buildah with a store of the test's own; without the warnings that an
# ordinary user gets.
buildah() {
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$BATS_TEST_TMPDIR" \
		"$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/storage.conf"
	HOME=$BATS_TEST_TMPDIR CONTAINERS_STORAGE_CONF=$BATS_TEST_TMPDIR/storage.conf command buildah --log-level error "$@"
}

# base NAME CONFIGURATION...: makes an image that has the form of one of Windows, by these options
# of buildah, in the layout $BASES.
base() {
	local container

	BASES=oci:$BATS_TEST_TMPDIR/bases
	mkdir -p "$BATS_TEST_TMPDIR/root/Files/Windows/System32"
	container=$(buildah from scratch)
	buildah copy --quiet "$container" "$BATS_TEST_TMPDIR/root" /
	buildah config "${@:2}" "$container"
	buildah commit --quiet --timestamp 0 "$container" "$BASES:$1"
	buildah rm "$container"
}

# images FILE BASE...: the archive with images for Windows over these bases, of what is in build/.
images() { WINDOWS_BASE=${*:2} image/archive "$1" s390x; }

# blob DIGEST: a file of $ARCHIVE, unpacked. in_blob DIGEST FILTER...: what jq(1) makes of it.
blob() { echo "$ARCHIVE.d/blobs/${1/://}"; }
in_blob() { jq -r "${@:2}" "$(blob "$1")"; }

@test "with WINDOWS_BASE each index of pause has an image for Windows: the base's layers, and one on top" {
	date=$SOURCE_DATE_EPOCH
	created=$(date -u -d "@$date" +%FT%TZ)
	ARCHIVE=$BATS_TEST_TMPDIR/tree/build/pause.oci.tar
	base ltsc2022 --os windows --os-version 10.0.20348.1 --os-feature win32k --cmd cmd.exe --env PATH=C:
	base ltsc2025 --os windows --os-version 10.0.26100.1 --env PATH=C:
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	contents=(make -s -C "$BATS_TEST_TMPDIR/tree" image-contents PLATFORMS=s390x)
	"${contents[@]}" WINDOWS_BASE="$BASES:ltsc2022 $BASES:ltsc2025" >"$BATS_TEST_TMPDIR/contents"
	# The same bytes come of it elsewhere.
	mkdir -m 3777 "$BATS_TEST_TMPDIR/setgid"
	(umask 077 && TMPDIR=$BATS_TEST_TMPDIR/setgid TZ=Asia/Kathmandu LC_ALL=C.UTF-8 GZIP=-1 TAR_OPTIONS=--owner=daemon \
		images "$BATS_TEST_TMPDIR/pause.oci.tar" "$BASES:ltsc2022" "$BASES:ltsc2025")
	cmp "$BATS_TEST_TMPDIR/pause.oci.tar" "$ARCHIVE"
	mkdir "$ARCHIVE.d"
	tar -xf "$ARCHIVE" -C "$ARCHIVE.d"
	while read -r index; do
		diff <(in_blob "$index" -c '.manifests[].platform') - <<-END
			{"architecture":"s390x","os":"linux"}
			{"architecture":"amd64","os":"windows","os.version":"10.0.20348.1","os.features":["win32k"]}
			{"architecture":"amd64","os":"windows","os.version":"10.0.26100.1"}
		END
		linux=$(in_blob "$index" '.manifests[0].digest')
		entrypoint=$(in_blob "$(in_blob "$linux" .config.digest)" -c .config.Entrypoint)
		for base in 1:ltsc2022:10.0.20348.1 2:ltsc2025:10.0.26100.1; do
			manifest=$(in_blob "$index" --argjson i "${base%%:*}" '.manifests[$i].digest')
			config=$(in_blob "$manifest" .config.digest)
			diff <(in_blob "$config" -c '(.config | del(.Labels)), .os, .architecture, ."os.version", .created') - <<-END
				{"Env":["PATH=C:"],"User":"ContainerUser","Entrypoint":${entrypoint/pause/pause.exe}}
				windows
				amd64
				${base##*:}
				$created
			END
			diff <(in_blob "$manifest" -c .annotations) <(in_blob "$linux" -c .annotations)
			base=${base#*:}
			diff <(in_blob "$config" '.rootfs.diff_ids[0]') \
				<(skopeo inspect --config "$BASES:${base%:*}" | jq -r '.rootfs.diff_ids[0]')
			diff <(in_blob "$config" '.rootfs.diff_ids[]') <(in_blob "$manifest" '.layers[].digest' | while read -r layer; do
				echo "sha256:$(gzip -dc "$(blob "$layer")" | sha256sum | cut -d ' ' -f 1)"
			done)
			in_blob "$manifest" '.layers[1].digest' >>"$BATS_TEST_TMPDIR/layers"
		done
	done < <(jq -r '.manifests[:3][].digest' "$ARCHIVE.d/index.json")
	# pause-init is for Linux only.
	diff <(in_blob "$(jq -r '.manifests[3].digest' "$ARCHIVE.d/index.json")" -c '.manifests[].platform') - <<-END
		{"architecture":"s390x","os":"linux"}
	END
	[[ $(sort "$BATS_TEST_TMPDIR/layers" | uniq -c) =~ ^' '*6' 'sha256:[0-9a-f]*$ ]]
	grep -F 'windows(10.0.26100.1)/amd64' "$BATS_TEST_TMPDIR/contents"
	# The base is not remembered, and the rest is what it is without.
	diff <("${contents[@]}" | grep -v ' index ') <(grep -v -e ' index ' -e windows "$BATS_TEST_TMPDIR/contents")

	# The layer: Files and Hives, by what Windows asks of a layer, and pause.exe that users may run.
	layer=$(blob "$(head -n 1 "$BATS_TEST_TMPDIR/layers")")
	diff <(TZ=UTC tar -tvzf "$layer" --full-time | tr -s ' ') <(sed "s/DATE/$(date -u -d "@$date" '+%F %T')/" <<-END
		drwxr-xr-x 0/0 0 DATE Files/
		drwxr-xr-x 0/0 0 DATE Hives/
		-r-xr-xr-x 0/0 $(stat -c %s build/windows-amd64/pause.exe) DATE Files/pause.exe
	END
	)
	tar -xOzf "$layer" Files/pause.exe | cmp - build/windows-amd64/pause.exe
	python3 - "$layer" <<-'END' >"$BATS_TEST_TMPDIR/headers"
		import sys, tarfile
		for member in tarfile.open(sys.argv[1]):
		    print(member.name, *[f"{key}={value}" for key, value in sorted(member.pax_headers.items())])
	END
	# Wine's advapi32 reads it as O:BAG:SYD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU).
	security=AQAEgBQAAAAkAAAAAAAAADAAAAABAgAAAAAABSAAAAAgAgAAAQEAAAAAAAUSAAAAAgBMAAMAAAAAABQA/wEfAAEBAAAAAAAF
	security+=EgAAAAAAGAD/AR8AAQIAAAAAAAUgAAAAIAIAAAAAGACpABIAAQIAAAAAAAUgAAAAIQIAAA==
	diff "$BATS_TEST_TMPDIR/headers" - <<-END
		Files LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=16 atime=$date ctime=$date
		Hives LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=16 atime=$date ctime=$date
		Files/pause.exe LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=32 MSWINDOWS.rawsd=$security atime=$date ctime=$date
	END
}

@test "of a base for several platforms, Windows for amd64 is taken; one that will not do: a line, and no archive" {
	archive=$BATS_TEST_TMPDIR/out.d/pause.oci.tar foreign=dir:$BATS_TEST_TMPDIR/foreign
	mkdir "${archive%/*}"
	base linux --os linux
	base arm --os windows --arch arm64 --os-version 10.0.26100.1
	base unknown --os windows
	base ltsc2025 --os windows --os-version 10.0.26100.2
	# As older ones of Windows do, this one says that another server has its layer.
	skopeo copy --quiet "$BASES:ltsc2025" "$foreign"
	jq '.layers[] += { mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
		urls: ["https://registry.example/layer"] }' "${foreign#dir:}/manifest.json" >"$BATS_TEST_TMPDIR/manifest"
	mv "$BATS_TEST_TMPDIR/manifest" "${foreign#dir:}/manifest.json"
	while IFS='|' read -r name is; do
		run -1 images "$archive" "$name"
		is=${is/WANTED/"an image of Windows for amd64 that says its os.version is wanted"}
		[ "${lines[-1]}" = "${is/NAMED/"WINDOWS_BASE=$name"}" ]
		[ -z "$(ls "${archive%/*}")" ]
	done <<-END
		$BASES:missing|no image of Windows can be had by NAMED
		$BASES:arm|WANTED; NAMED is for windows arm64 10.0.26100.1
		$BASES:unknown|WANTED; NAMED is for windows amd64 without a version
		$foreign|a base with all of its layers is wanted; NAMED leaves some to another server
	END
	buildah manifest create several
	for name in linux arm ltsc2025; do
		buildah manifest add several "$BASES:$name"
	done
	buildah manifest push --all several "$BASES:several"
	images "$archive" "$BASES:several"
	[ "$(image/describe "$archive" | grep -c 'windows(10.0.26100.2)/amd64')" -eq 3 ]
}
