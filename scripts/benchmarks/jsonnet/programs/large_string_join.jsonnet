// Many short strings and long blocks, joined.
local block = |||
  A block of text that stands for a file of a few lines,
  as they are found in configuration maps.
|||;
local lines(i) = std.makeArray(20000, function(j) 'line ' + j);
std.length(std.join('\n', std.join([], [lines(i) for i in std.range(1, 5)])))
+ std.length(std.join(',', std.makeArray(20000, function(i) block)))
+ std.length(std.lines(std.makeArray(20000, function(i) block)))
