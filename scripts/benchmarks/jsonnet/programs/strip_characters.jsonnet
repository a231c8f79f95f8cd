local padded(i) = std.join('', std.makeArray(20000, function(j) ' -=*'[(i + j) % 4])) + 'kept';
local both(i) = padded(i) + std.join('', std.makeArray(20000, function(j) '*=- '[(i + j) % 4]));
[
  [std.length(std.stripChars(both(i), ' -=*')) for i in std.range(1, 2)],
  [std.length(std.lstripChars(padded(i), ' -=*')) for i in std.range(1, 2)],
  [std.length(std.rstripChars(both(i), ' -=*')) for i in std.range(1, 2)],
]
