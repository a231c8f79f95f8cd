local text = std.join('', std.makeArray(20000, function(i) 'abcdefghijklmnop'[i % 16]));
std.foldl(function(total, i) total + std.length(std.substr(text, i, 1000)), std.range(1, 20000), 0)
+ std.length(std.join('', [text[i] for i in std.range(1, 19000)]))
