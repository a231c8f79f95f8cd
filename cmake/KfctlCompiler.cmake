# Flags that every room of kfctl is built with, as the interface target kfctl_options.
#
# g++ and clang warn of the same: clang counts changes of sign among -Wconversion, g++ does not.
add_library(kfctl_options INTERFACE)
target_include_directories(kfctl_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(
  kfctl_options
  INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
            -Wnon-virtual-dtor
            -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough>
            $<$<AND:$<BOOL:${KFCTL_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>)

# g++ 12 sees overlapping copies in `"text" + std::string` at -O3, where there are none (GCC 105651).
target_compile_options(
  kfctl_options INTERFACE $<$<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>,$<COMPILE_LANGUAGE:CXX>>:-Wno-restrict>)

# What is installed is hardened, and holds no code that nothing calls. build.startup watches that the
# binding of all symbols at start (-z now) stays within what a start may cost.
target_compile_options(
  kfctl_options INTERFACE $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-D_FORTIFY_SOURCE=2
                          -fstack-protector-strong -ffunction-sections -fdata-sections>)
target_link_options(
  kfctl_options INTERFACE $<$<CONFIG:Release>:-Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro
                          -Wl,-z,now>)

# Thousands of relocations in two KiB instead of 160, which every start reads.
include(CheckLinkerFlag)
check_linker_flag(CXX -Wl,-z,pack-relative-relocs KFCTL_HAS_PACKED_RELOCATIONS)
if(KFCTL_HAS_PACKED_RELOCATIONS)
  target_link_options(kfctl_options INTERFACE $<$<CONFIG:Release>:-Wl,-z,pack-relative-relocs>)
endif()

if(KFCTL_SANITIZE)
  target_compile_options(kfctl_options INTERFACE -fsanitize=${KFCTL_SANITIZE}
                                                 -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(kfctl_options INTERFACE -fsanitize=${KFCTL_SANITIZE})
endif()

# libFuzzer needs to see which branches of our code an input takes.
if(KFCTL_FUZZ)
  target_compile_options(kfctl_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
