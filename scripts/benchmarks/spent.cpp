// spent CPU_SECONDS OUTPUT COMMAND...: runs the command with its standard output in a file and
// prints what it took: CPU time in microseconds, peak memory in KiB, wall time in microseconds,
// exit status.
//
// A program of its own, because a child begins with the peak memory of the process that started it:
// measured from an interpreter, every small program would seem as large as that. A command that
// takes more CPU time than it may is ended by a signal (its exit status is then 128 and more), and
// none may take more than 6 GiB.
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(const timeval& time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

static long long now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

[[noreturn]] static void run(char** argv) {
  const rlim_t seconds = strtoul(argv[1], nullptr, 10);
  const rlimit cpu = {seconds, seconds};
  const rlimit data = {rlim_t{6} << 30, rlim_t{6} << 30};
  setrlimit(RLIMIT_CPU, &cpu);
  setrlimit(RLIMIT_DATA, &data);
  const int output = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (output < 0 || dup2(output, 1) < 0) _exit(126);
  execv(argv[3], argv + 3);
  _exit(127);
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const long long begin = now();
  const pid_t child = fork();
  if (child == 0) run(argv);
  int status = 0;
  rusage used = {};
  if (child < 0 || wait4(child, &status, 0, &used) != child) return 1;
  std::printf("%lld %ld %lld %d\n", microseconds(used.ru_utime) + microseconds(used.ru_stime),
              used.ru_maxrss, now() - begin,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
