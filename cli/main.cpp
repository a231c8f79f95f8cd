#include <cstdio>
int main() { return std::puts("kfctl") < 0; }
