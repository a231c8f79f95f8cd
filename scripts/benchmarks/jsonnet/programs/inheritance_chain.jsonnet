// Each object takes two values from the one below it, 25 deep.
local next = { a: super.a + super.b, b: super.a };
local chain(n) = if n == 0 then { a: 1, b: 1 } else chain(n - 1) + next;
std.foldl(function(total, i) total + chain(25).a % 1000, std.range(1, 1000), 0)
