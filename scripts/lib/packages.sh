# The one list of Debian 12 packages. Sourced by the scripts that install them.

# What a release build needs.
packages_build=(
  ca-certificates
  cmake
  g++
  libcli11-dev
  libcurl4-openssl-dev
  libjsonnet-dev
  libre2-dev
  libspdlog-dev
  libssl-dev
  libyaml-cpp-dev
  libzstd-dev
  ninja-build
  zlib1g-dev
)

# What the tests need on top of it. python3-venv brings compilers from wheels.
packages_test=(
  ccache
  curl
  doctest-dev
  dpkg-dev
  file
  fish
  git
  jq
  jsonnet
  python3-venv
  zsh
)

# What .ci/run needs on top of these.
packages_ci=(
  clang-14
  clang-format-14
  libclang-rt-14-dev
  llvm-14
)
