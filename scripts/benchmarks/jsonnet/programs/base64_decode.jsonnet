local text = std.base64(std.join('', std.makeArray(20000, function(i) 'A line of text, number one.\n')));
std.foldl(function(total, i) total + std.length(std.base64Decode(text)) + i, std.range(1, 10), 0)
