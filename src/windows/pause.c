// SPDX-License-Identifier: Apache-2.0
/*
 * pause of a pod on Windows: it sleeps until its console says that it is to end.
 *
 * Windows has neither zombies nor PID namespaces, so there is nothing to reap and nobody to
 * refuse. No C runtime is below it: all that it calls stands in kernel32.def.
 */
#include <windows.h>

#ifndef VERSION
#define VERSION "HEAD"
#endif

#define VERSION_LINE ("pause.c " VERSION "\n")
#define USAGE                                                                                      \
	"Usage: pause [--log-reaped] [--guard]\n"                                                  \
	"Holds a Windows pod until Ctrl-C, Ctrl-Break, or the close or shutdown event.\n"          \
	"  --log-reaped, --guard  do nothing on Windows, and a line says so\n"                     \
	"  -v, -V, --version, -h, --help  print it and exit\n"                                     \
	"Other arguments are named and ignored.\n"                                                 \
	"Exit status: 0 done; 1 cannot handle the events, or write to stdout\n"

/* Each option with a letter before it. */
#define OPTIONS L"v-v\0v-V\0v--version\0h-h\0h--help\0l--log-reaped\0l--guard\0"

/* So many characters of an argument are named. In UTF-8 none takes more than three bytes. */
#define LONGEST 127

static WCHAR meaning(const WCHAR *argument)
{
	for (const WCHAR *option = OPTIONS; *option != L'\0'; option += lstrlenW(option) + 1)
		if (CompareStringOrdinal(option + 1, -1, argument, -1, FALSE) == CSTR_EQUAL)
			return *option;
	return L'?';
}

static int put(DWORD where, const char *text, DWORD length)
{
	DWORD written;

	return WriteFile(GetStdHandle(where), text, length, &written, NULL) && written == length;
}

/* Writes a line on stderr: `format`, with `name` in UTF-8 for $. */
static void say(const char *format, const WCHAR *name)
{
	char line[512];
	int length = 0;

	for (; *format != '\0'; format++)
		if (*format == '$')
			length += WideCharToMultiByte(CP_UTF8, 0, name, lstrlenW(name),
			                              line + length, 3 * LONGEST, NULL, NULL);
		else
			line[length++] = *format;
	put(STD_ERROR_HANDLE, line, (DWORD)length);
}

static UINT fail(const char *message)
{
	say(message, NULL);
	return 1;
}

static UINT answer(const char *text, DWORD length)
{
	return put(STD_OUTPUT_HANDLE, text, length) ? 0 : fail("Error: cannot write to stdout\n");
}

static int is_blank(WCHAR c)
{
	return c == L' ' || c == L'\t';
}

static int append(WCHAR *argument, int length, WCHAR c)
{
	if (length < LONGEST)
		argument[length++] = c < L' ' ? L'?' : c;
	argument[length] = L'\0';
	return length;
}

/*
 * Copies the next argument of the command line to `argument` and returns what follows it, or
 * NULL if there was none. Windows hands over one string, which each program parts itself, by
 * the rules of Microsoft's C runtime ("Parsing C command-line arguments"): at blanks outside of
 * quotes; a backslash is special only before a quote, and two quotes between quotes are one.
 */
static const WCHAR *next_argument(const WCHAR *rest, WCHAR *argument)
{
	int length = 0;
	int quoted = 0;

	argument[0] = L'\0';
	while (is_blank(*rest))
		rest++;
	if (*rest == L'\0')
		return NULL;
	for (;; rest++) {
		int backslashes = 0;

		for (; *rest == L'\\'; rest++)
			backslashes++;
		for (int i = *rest == L'"' ? backslashes / 2 : backslashes; i > 0; i--)
			length = append(argument, length, L'\\');
		if (*rest == L'"' && backslashes % 2 == 0) {
			if (!quoted || rest[1] != L'"') {
				quoted = !quoted;
				continue;
			}
			rest++;
		} else if (*rest == L'\0' || (!quoted && is_blank(*rest))) {
			return rest;
		}
		length = append(argument, length, *rest);
	}
}

/*
 * Windows calls it in a thread of its own. The end of a container comes as CTRL_SHUTDOWN_EVENT.
 * Every service hears of a logoff, whoever it is that logs off: HandlerRoutine, on
 * learn.microsoft.com. Control Flow Guard has a bit for an address that 16 divides, and
 * otherwise one for all sixteen.
 */
static __attribute__((aligned(16))) BOOL WINAPI stop(DWORD event)
{
	if (event == CTRL_LOGOFF_EVENT)
		return TRUE;
	say("Shutting down, got signal\n", NULL);
	ExitProcess(0);
}

void start(void);
void start(void)
{
	WCHAR argument[LONGEST + 1];
	const WCHAR *rest = GetCommandLineW();

	if (!SetConsoleCtrlHandler(stop, TRUE))
		ExitProcess(fail("Error: cannot set the control handler\n"));
	/* Whoever started it may ignore Ctrl-C, which is inherited: SetConsoleCtrlHandler. */
	SetConsoleCtrlHandler(NULL, FALSE);

	/* Its own name, by other rules: a file's name has no quote, and ends in no backslash. */
	for (int quoted = 0; *rest != L'\0' && (quoted || !is_blank(*rest)); rest++)
		quoted ^= *rest == L'"';
	while ((rest = next_argument(rest, argument)) != NULL) {
		switch (meaning(argument)) {
		case L'v':
			ExitProcess(answer(VERSION_LINE, sizeof VERSION_LINE - 1));
		case L'h':
			ExitProcess(answer(USAGE, sizeof USAGE - 1));
		case L'l':
			say("Warning: '$' does nothing on Windows\n", argument);
			break;
		default:
			say("Warning: unknown argument '$'\n", argument);
		}
	}
	for (;;)
		Sleep(INFINITE);
}
