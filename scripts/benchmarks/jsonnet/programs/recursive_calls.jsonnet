// Fibonacci numbers by a function that calls itself twice.
local fib(n) = if n < 2 then 1 else fib(n - 1) + fib(n - 2);
fib(24)
