// SPDX-License-Identifier: Apache-2.0
/*
 * security_descriptor: reads a security descriptor, self-relative, from stdin and writes it to
 * stdout in Windows' text form for them (SDDL): its owner, its group and who may do what.
 * Status 1 if it is none.
 */
#include <windows.h>

#include <sddl.h>

void start(void);
void start(void)
{
	char descriptor[1024];
	char *text;
	DWORD length;

	ReadFile(GetStdHandle(STD_INPUT_HANDLE), descriptor, sizeof descriptor, &length, NULL);
	if (!IsValidSecurityDescriptor(descriptor) ||
	    !ConvertSecurityDescriptorToStringSecurityDescriptorA(
		descriptor, SDDL_REVISION_1,
		OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
		&text, NULL))
		ExitProcess(1);
	WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)lstrlenA(text), &length, NULL);
	ExitProcess(0);
}
