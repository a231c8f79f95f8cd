// Numbers and strings, compared one by one in a filter over all pairs.
local numbers = std.range(1, 700);
local words = ['word-%03d' % n for n in std.range(1, 300)];
[
  std.length([1 for a in numbers for b in numbers if a < b]),
  std.length([1 for a in words for b in words if a >= b]),
  std.length([1 for a in words for b in words if a == b]),
]
