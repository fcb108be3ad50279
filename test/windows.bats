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
	# The make that runs the tests has handed down its own.
	unset MAKEFLAGS MAKELEVEL MFLAGS
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
	VERSION=$(cat build/version) SOURCE_DATE_EPOCH=$(cat build/date)
	export VERSION SOURCE_DATE_EPOCH
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	JOB='' PID='' POD_LAUNCHER=''
	BASES=oci:$BATS_TEST_TMPDIR/bases
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

@test "a console program, at any address, of at most 4,608 bytes and no date; no section both written and run" {
	for platform in $PLATFORMS; do
		headers=$(llvm-readobj-19 --file-headers --sections "build/windows-$platform/pause.exe")
		[[ $headers == *"Machine: IMAGE_FILE_MACHINE_${platform^^} "* ]]
		[[ $headers == *'Subsystem: IMAGE_SUBSYSTEM_WINDOWS_CUI '* ]]
		[[ $headers == *'TimeDateStamp: 1970-01-01 00:00:00 (0x0)'* ]]
		[[ $headers == *'SymbolCount: 0'* ]]
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
		[ "$(stat -c %s "build/windows-$platform/pause.exe")" -le 4608 ]
	done
}

@test "it imports what kernel32.def names of that DLL, and nothing else" {
	for platform in $PLATFORMS; do
		diff <(awk '/^\t/ { print $1 } /^LIBRARY/ { print "of", $2 }' src/windows/kernel32.def | sort) \
			<(llvm-readobj-19 --coff-imports "build/windows-$platform/pause.exe" |
				awk '$1 == "Symbol:" { print $2 } $1 == "Name:" { print "of", $2 }' | sort)
	done
}

@test "Control Flow Guard knows two functions, the start and the handler; amd64 may have a shadow stack" {
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

# wake_ups: how often it was given a processor, and for how many ticks.
wake_ups() {
	grep ctxt "/proc/$PID/status"
	cut -d ' ' -f 14,15 "/proc/$PID/stat"
}

@test "it sleeps, and nothing wakes it" {
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

@test "Ctrl-C, Ctrl-Break, close and shutdown end it: a line, status 0; a logoff does not" {
	needs_wine
	# The last event ends it; so does a Ctrl-C that the program which started it ignores.
	for how in 0 1 2 6 '5 6' '--ignore-ctrl-c 0'; do
		[[ $how == -* ]] && ignore=${how% *} || ignore=
		# shellcheck disable=SC2086 # an argument or none
		pause_with_console $ignore "$EXE"
		for number in ${how#"$ignore"}; do event "$number"; done
		ended 0
		says "$OUT"
		says "$ERR" "$SHUTTING_DOWN"
	done
}

@test "-v, -V, --version, -h and --help, wherever they stand" {
	needs_wine
	for arguments in -v -V --version '--guard -v'; do
		# shellcheck disable=SC2086 # two arguments
		"${LIMITED[@]}" "$WINE" "$EXE" $arguments >"$OUT" 2>"$ERR"
		says "$OUT" "pause.c $VERSION"
	done
	says "$ERR" "Warning: '--guard' does nothing on Windows"
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

# Wine makes one command line of them, with quotes and backslashes as they have to be there.
# shellcheck disable=SC1003 # nothing is to be escaped
ARGUMENTS=(x --Guard --guard=1 '' ' ' 'two words' 'ends with \' 'a "quote"' '\"' '\\"' 'C:\dir\' 'C:\a dir\\' "'" ünïcödé 日本 🙂)

@test "an unknown argument is named as it was given, in UTF-8, one line each; a long name is cut off" {
	needs_wine
	name=$(printf '%0127d' 0)
	LC_ALL=C.UTF-8 pause_exe "${ARGUMENTS[@]}" $'a\nb\033c' "$name" "${name}1" "${name//0/日}日" "${name:1}🙂"
	kill -INT "$PID" # which is Ctrl-C to Wine
	ended 0
	mapfile -t expected < <(printf "Warning: unknown argument '%s'\n" "${ARGUMENTS[@]}" 'a?b?c' "$name" "$name" \
		"${name//0/日}" "${name:1}"$'\xef\xbf\xbd')
	says "$ERR" "${expected[@]}" "$SHUTTING_DOWN"
}

@test "a command line is parted as Microsoft's C runtime does it, also after a name with blanks" {
	needs_wine
	mkdir "$BATS_TEST_TMPDIR/a folder"
	cp "$EXE" "$BATS_TEST_TMPDIR/a folder/pause.exe"
	pause_with_console "^Z:$BATS_TEST_TMPDIR/a+folder/pause.exe^" 'one~two' 'a^b~c^d' '^^' '^a^^b^' 'x^^^y^' '^--guard^' --log-reaped
	event 6
	ended 0
	says "$ERR" "Warning: unknown argument 'one'" "Warning: unknown argument 'two'" "Warning: unknown argument 'ab?cd'" \
		"Warning: unknown argument ''" "Warning: unknown argument 'a\"b'" "Warning: unknown argument 'x\"y'" \
		"Warning: '--guard' does nothing on Windows" "Warning: '--log-reaped' does nothing on Windows" "$SHUTTING_DOWN"
}

@test "no handler, or no stdout: a line, status 1; no stderr: it sleeps and ends all the same" {
	needs_wine
	# A copy that calls another function of kernel32.dll, which wants a process and finds none.
	mkdir "$BATS_TEST_TMPDIR/refused"
	sed 's/SetConsoleCtrlHandler/GetProcessHandleCount/' "$EXE" >"$BATS_TEST_TMPDIR/refused/pause.exe"
	run -1 --separate-stderr "${LIMITED[@]}" "$WINE" "$BATS_TEST_TMPDIR/refused/pause.exe"
	[ "$output" = "" ]
	[ "$stderr" = 'Error: cannot set the control handler' ]

	status=0
	"${LIMITED[@]}" "$WINE" "$EXE" --version >/dev/full 2>"$ERR" || status=$?
	[ $status -eq 1 ]
	says "$ERR" 'Error: cannot write to stdout'

	ERR=/dev/full
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
	buildah commit --quiet --timestamp 0 "$container" "$BASES:$1"
	buildah rm "$container"
}

# images FILE BASE...: the archive with images for Windows over these bases, of what is in build/.
images() { WINDOWS_BASE=${*:2} image/archive "$1" s390x; }

# blob DIGEST: a file of $ARCHIVE, unpacked. in_blob DIGEST FILTER...: what jq(1) makes of it.
blob() { echo "$ARCHIVE.d/blobs/${1/://}"; }
in_blob() { jq -r "${@:2}" "$(blob "$1")"; }

@test "with WINDOWS_BASE each index has an image for Windows: the base's layers, and one on top" {
	date=$SOURCE_DATE_EPOCH
	created=$(date -u -d "@$date" +%FT%TZ)
	ARCHIVE=$BATS_TEST_TMPDIR/tree/build/pause.oci.tar
	base ltsc2022 --os windows --os-version 10.0.20348.1 --os-feature win32k --cmd cmd.exe --env 'PATH=C:\Windows'
	base ltsc2025 --os windows --os-version 10.0.26100.1
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
	[ "$(jq '.manifests | length' "$ARCHIVE.d/index.json")" -eq 3 ]
	while read -r name index; do
		diff <(in_blob "$index" -c '.manifests[].platform') - <<-END
			{"architecture":"s390x","os":"linux"}
			{"architecture":"amd64","os":"windows","os.version":"10.0.20348.1","os.features":["win32k"]}
			{"architecture":"amd64","os":"windows","os.version":"10.0.26100.1"}
		END
		case $name in
		*-guard) entrypoint='["/pause.exe","--guard"]' ;;
		*-log) entrypoint='["/pause.exe","--log-reaped"]' ;;
		*) entrypoint='["/pause.exe"]' ;;
		esac
		for base in 1:ltsc2022:10.0.20348.1 2:ltsc2025:10.0.26100.1; do
			manifest=$(in_blob "$index" --argjson i "${base%%:*}" '.manifests[$i].digest') environment=
			[[ $base != *2022* ]] || environment='"Env":["PATH=C:\\Windows"],'
			config=$(in_blob "$manifest" .config.digest)
			diff <(in_blob "$config" -c '(.config | del(.Labels)), "\(.os) \(.architecture) \(."os.version") \(.created)"') - <<-END
				{$environment"User":"ContainerUser","Entrypoint":$entrypoint}
				windows amd64 ${base##*:} $created
			END
			diff <(in_blob "$manifest" -c .annotations) <(in_blob "$(in_blob "$index" '.manifests[0].digest')" -c .annotations)
			diff <(in_blob "$manifest" '.mediaType, .config.mediaType, .layers[].mediaType') - <<-END
				application/vnd.oci.image.manifest.v1+json
				application/vnd.oci.image.config.v1+json
				application/vnd.oci.image.layer.v1.tar+gzip
				application/vnd.oci.image.layer.v1.tar+gzip
			END
			base=${base#*:}
			diff <(in_blob "$config" '.rootfs.diff_ids[0]') \
				<(skopeo inspect --config "$BASES:${base%:*}" | jq -r '.rootfs.diff_ids[0]')
			diff <(in_blob "$config" '.rootfs.diff_ids[]') <(in_blob "$manifest" '.layers[].digest' | while read -r layer; do
				echo "sha256:$(gzip -dc "$(blob "$layer")" | sha256sum | cut -d ' ' -f 1)"
			done)
			in_blob "$manifest" '.layers[1].digest' >>"$BATS_TEST_TMPDIR/layers"
		done
	done < <(jq -r '.manifests[] | "\(.annotations["org.opencontainers.image.ref.name"]) \(.digest)"' "$ARCHIVE.d/index.json")
	[ "$(wc -l <"$BATS_TEST_TMPDIR/layers")" -eq 6 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR/layers" | wc -l)" -eq 1 ]
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
	security=$(sed -n 's/.* MSWINDOWS.rawsd=\([^ ]*\) .*/\1/p' "$BATS_TEST_TMPDIR/headers")
	diff "$BATS_TEST_TMPDIR/headers" - <<-END
		Files LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=16 atime=$date ctime=$date
		Hives LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=16 atime=$date ctime=$date
		Files/pause.exe LIBARCHIVE.creationtime=$date MSWINDOWS.fileattr=32 MSWINDOWS.rawsd=$security atime=$date ctime=$date
	END
	needs_wine
	[ "$(base64 -d <<<"$security" | "$WINE" "build/test/windows-$WINDOWS_HERE/security_descriptor.exe")" = \
		'O:BAG:SYD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)' ]
}

@test "of a base for several platforms that of Windows for amd64 is taken; one that will not do: a line, and no archive" {
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
		[ "${lines[-1]}" = "${is/NAMED/"WINDOWS_BASE=$name"}" ]
		[ -z "$(ls "${archive%/*}")" ]
	done <<-END
		$BASES:missing|no image of Windows can be had by NAMED
		$BASES:linux|an image of Windows for amd64 that says its os.version is wanted; NAMED is for linux amd64 without a version
		$BASES:arm|an image of Windows for amd64 that says its os.version is wanted; NAMED is for windows arm64 10.0.26100.1
		$BASES:unknown|an image of Windows for amd64 that says its os.version is wanted; NAMED is for windows amd64 without a version
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
