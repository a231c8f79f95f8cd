#include "kernels/cpu/isa.h"

#include <vector>

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kfctl::cpu {

#define KFCTL_DECLARE_TABLE(isa) \
  namespace isa {                \
  extern const OpTable kTable;   \
  }
KFCTL_DECLARE_TABLE(avx512)
KFCTL_DECLARE_TABLE(avx2)
KFCTL_DECLARE_TABLE(sse2)
#undef KFCTL_DECLARE_TABLE

namespace {

// __builtin_cpu_supports asks the operating system too whether it saves the registers.
std::vector<const OpTable*> usable_tables() {
  __builtin_cpu_init();
  std::vector<const OpTable*> tables;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    tables.push_back(&avx512::kTable);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    tables.push_back(&avx2::kTable);
  }
  tables.push_back(&sse2::kTable);
  return tables;
}

bool ask_for_amx() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  const bool tiles = (edx >> 24 & 1) != 0;
  const bool bf16 = (edx >> 22 & 1) != 0;
  if (!tiles || !bf16 || op_tables()[0] != &avx512::kTable) return false;
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace

std::span<const OpTable* const> op_tables() {
  static const std::vector<const OpTable*> tables = usable_tables();
  return tables;
}

bool has_amx() {
  static const bool has = ask_for_amx();
  return has;
}

}  // namespace kfctl::cpu
