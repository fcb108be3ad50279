// SPDX-License-Identifier: Apache-2.0
/*
 * console_events [--ignore-ctrl-c] COMMAND LINE...
 *
 * Starts the command line, with its own stdout and stderr. Then each digit that it reads on
 * stdin is an event of the console to it: 0 Ctrl-C, 1 Ctrl-Break, 2 close, 5 logoff, 6 shutdown,
 * each of which is sent when the one before was heard.
 * It comes as it does from Windows' console server: in a new thread that runs CtrlRoutine of
 * kernelbase.dll. GenerateConsoleCtrlEvent knows the first two only, and Wine's the first.
 *
 * With --ignore-ctrl-c, the command inherits that it ignores Ctrl-C.
 *
 * Ends with the command, and its exit status; with 120 if it cannot be started, and with 121
 * if an event cannot be sent, as when the command has ended.
 */
#include <windows.h>

static WCHAR *after_blanks(WCHAR *text)
{
	while (*text == L' ')
		text++;
	return text;
}

static WCHAR *after_word(WCHAR *text)
{
	while (*text != L' ' && *text != L'\0')
		text++;
	return after_blanks(text);
}

void start(void);
void start(void)
{
	STARTUPINFOW startup = {.cb = sizeof startup};
	PROCESS_INFORMATION process;
	WCHAR *command = after_word(GetCommandLineW());
	/* kernelbase.dll is at the same address in every process. */
	LPTHREAD_START_ROUTINE routine = (LPTHREAD_START_ROUTINE)(void *)GetProcAddress(
	    GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
	char event;
	DWORD length;
	DWORD status;

	if (command[0] == L'-') {
		SetConsoleCtrlHandler(NULL, TRUE);
		command = after_word(command);
	}
	if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
		ExitProcess(120);
	while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), &event, 1, &length, NULL) && length == 1) {
		HANDLE heard = NULL;

		if (WaitForSingleObject(process.hProcess, 0) != WAIT_OBJECT_0)
			heard = CreateRemoteThread(process.hProcess, NULL, 0, routine,
			                           ULongToPtr((ULONG)(event - '0')), 0, NULL);
		if (heard == NULL)
			ExitProcess(121);
		WaitForSingleObject(heard, INFINITE);
	}
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &status);
	ExitProcess(status);
}
