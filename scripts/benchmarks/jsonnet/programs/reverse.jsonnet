// A long array, turned around and printed.
std.reverse(std.makeArray(100000, function(i) i * 2))
