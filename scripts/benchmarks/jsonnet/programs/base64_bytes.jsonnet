local bytes(n) = std.makeArray(n, function(i) (i * 31) % 256);
std.foldl(function(total, i) total + std.length(std.base64(bytes(20000 + i))), std.range(1, 10), 0)
