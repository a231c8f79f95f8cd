local text = std.join('', std.makeArray(10000, function(i) 'say "%d" in C:\\dir\n\tand on\u0007' % i));
std.foldl(function(total, i) total + std.length(std.escapeStringJson(text + i)), std.range(1, 20), 0)
