// SPDX-License-Identifier: Apache-2.0
/*
 * The floor: a program that waits and does nothing else, by as few instructions as
 * the processor allows. What it costs is the kernel's, and no first process of a pod
 * can cost less.
 */
#include <asm/unistd.h>

	.section .note.GNU-stack,"",%progbits
	.text
	.globl _start
_start:
#if defined __x86_64__
	mov $__NR_pause, %eax
	syscall
	jmp _start
#elif defined __aarch64__ /* has no pause(2): ppoll(2) of nothing, for ever */
	mov x0, #0
	mov x1, #0
	mov x2, #0
	mov x3, #0
	mov x8, #__NR_ppoll
	svc #0
	b _start
#else
#error "no floor for this processor: add its call of pause(2) or ppoll(2)"
#endif
