// Functions in an array that refer to the items before them.
local twice(f) = function(x) f(f(x));
local steps = std.makeArray(20, function(i) if i == 0 then function(x) x else twice(steps[i - 1]));
std.foldl(function(total, i) total + steps[13](i), std.range(1, 16), 0)
