local text = std.base64(std.makeArray(60000, function(i) (i * 31) % 256));
std.foldl(function(total, i) total + std.base64DecodeBytes(text)[i], std.range(1, 10), 0)
