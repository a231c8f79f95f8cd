// Long arrays that differ at their ends only.
local base = std.range(1, 60000);
local texts = ['item ' + n for n in std.range(1, 20000)];
[
  base + [1] < base + [2],
  base + [2] <= base + [1],
  base + [1] == base + [1],
  texts + ['a'] < texts + ['b'],
  texts == texts + [],
  std.__compare_array(base + [3], base + [4]),
]
