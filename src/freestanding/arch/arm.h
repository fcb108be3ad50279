// SPDX-License-Identifier: Apache-2.0
/*
 * 32-bit Arm, EABI. The kernel enters with argc at the stack pointer, which is
 * 8-byte aligned. A system call: svc 0, number in r7, arguments in r0 to r5,
 * result in r0, an error as -errno; no other register is lost. (AAPCS32;
 * syscall(2); Linux's arch/arm/tools/syscall.tbl.)
 *
 * In Thumb code r7 may be the frame pointer, which a register variable must
 * not be; so the number goes there by hand, and r7 comes back as it was.
 *
 * Platform: arm-v7 --target=armv7-linux-gnueabihf
 */
#pragma once

#define SYS_write 4
#define SYS_getpid 20
#define SYS_fcntl 55
#define SYS_wait4 114
#define SYS_prctl 172
#define SYS_rt_sigaction 174
#define SYS_rt_sigprocmask 175
#define SYS_rt_sigtimedwait 177
#define SYS_exit_group 248
#define SYS_close_range 436

__asm__(".pushsection .text._start,\"ax\",%progbits\n"
        ".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
        "	mov r0, sp\n"
        "	bl start\n"
        ".popsection\n");

static inline long syscall4(long number, long a, long b, long c, long d)
{
	register long r12 __asm__("r12") = number;
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;

	__asm__ volatile("mov r6, r7\n"
	                 "	mov r7, r12\n"
	                 "	svc 0\n"
	                 "	mov r7, r6"
	                 : "+r"(r0)
	                 : "r"(r12), "r"(r1), "r"(r2), "r"(r3)
	                 : "r6", "memory");
	return r0;
}

/*
 * The first ARMv7 processors cannot divide; there the compiler calls these, whose
 * quotient is in r0 and remainder in r1 (Run-time ABI for the Arm Architecture, 4.3.1).
 */
unsigned long long __aeabi_uidivmod(unsigned dividend, unsigned divisor);
unsigned long long __aeabi_uidivmod(unsigned dividend, unsigned divisor)
{
	unsigned quotient = 0;
	unsigned remainder = 0;

	for (int bit = 31; bit >= 0; bit--) {
		remainder = remainder << 1 | (dividend >> bit & 1);
		if (remainder >= divisor) {
			remainder -= divisor;
			quotient |= 1U << bit;
		}
	}
	return (unsigned long long)remainder << 32 | quotient;
}

unsigned __aeabi_uidiv(unsigned dividend, unsigned divisor);
unsigned __aeabi_uidiv(unsigned dividend, unsigned divisor)
{
	return (unsigned)__aeabi_uidivmod(dividend, divisor);
}
