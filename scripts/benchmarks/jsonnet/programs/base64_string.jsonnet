local text(i) = std.join('', std.makeArray(5000, function(j) 'A line of text, number %d.\n' % (i + j)));
std.foldl(function(total, i) total + std.length(std.base64(text(i))), std.range(1, 5), 0)
