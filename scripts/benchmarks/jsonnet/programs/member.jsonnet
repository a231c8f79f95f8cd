local numbers = std.range(1, 5000);
local words = ['word %d' % n for n in std.range(1, 2000)];
[
  std.length([n for n in std.range(4800, 5200) if std.member(numbers, n)]),
  std.length([n for n in std.range(1900, 2100) if std.member(words, 'word %d' % n)]),
  std.count(numbers, 7),
  std.setMember(77, numbers),
]
