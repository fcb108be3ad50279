# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who source it use what it sets
#
# On what machine each platform is tested: which of Debian's kernels, under
# which of QEMU's processors. To be sourced by bash.
#
# platform   by its OCI name
# debian     its name in Debian
# suite      that of Debian which has its kernel. Bookworm has none for riscv64 and
#            loong64, trixie none for loong64, and after bookworm there is none
#            for i386 and mips64el
# kernel     the package linux-image-KERNEL; of several the smallest
# emulator   PACKAGE:COMMAND. With a suite before it, one that is not installed but
#            fetched from there: before QEMU 10.1 none unpacks loong64's kernel
# console    the kernel's name of its serial line
# machine    options of the emulator's. Where there is a -cpu, the machine's
#            default is one of fewer bits
MACHINES='
386      i386     bookworm 686         qemu-system-x86:qemu-system-i386               ttyS0    -M q35
amd64    amd64    bookworm cloud-amd64 qemu-system-x86:qemu-system-x86_64             ttyS0    -M q35
arm-v7   armhf    bookworm armmp       qemu-system-arm:qemu-system-arm                ttyAMA0  -M virt
arm64    arm64    bookworm cloud-arm64 qemu-system-arm:qemu-system-aarch64            ttyAMA0  -M virt -cpu cortex-a57
loong64  loong64  forky    loong64     forky/qemu-system-misc:qemu-system-loongarch64 ttyS0    -M virt
mips64le mips64el bookworm 5kc-malta   qemu-system-mips:qemu-system-mips64el          ttyS0    -M malta -cpu 5KEc
ppc64le  ppc64el  bookworm powerpc64le qemu-system-ppc:qemu-system-ppc64le            hvc0     -M pseries
riscv64  riscv64  trixie   riscv64     qemu-system-misc:qemu-system-riscv64           ttyS0    -M virt
s390x    s390x    bookworm s390x       qemu-system-misc:qemu-system-s390x             ttysclp0 -M s390-ccw-virtio
'

# machine_of PLATFORM: sets DEBIAN, SUITE, KERNEL, EMULATOR, CONSOLE and the list
# MACHINE to what the table says of it. Status 1 with a line on stderr if it says nothing.
machine_of() {
	local platform

	while read -r platform DEBIAN SUITE KERNEL EMULATOR CONSOLE MACHINE; do
		if [ "$platform" = "$1" ]; then
			read -ra MACHINE <<<"$MACHINE"
			return 0
		fi
	done <<<"$MACHINES"
	echo "no machine is known for the platform $1" >&2
	return 1
}
