/* The floor of the benchmarks: a program that only answers. */
#include <fcgiapp.h>

int
main(void)
{
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		(void)FCGX_PutS("Content-Type: application/json\r\n\r\n"
		    "{\"message\":\"hello, world\"}\n", request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
