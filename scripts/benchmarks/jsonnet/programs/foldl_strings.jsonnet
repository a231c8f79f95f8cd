// A string that grows by a piece in each of many steps.
local pieces = std.makeArray(20000, function(i) 'piece ' + i + ';');
local text = std.foldl(function(text, piece) text + piece, pieces, '');
[std.length(text), std.substr(text, 100000, 40)]
