// A string that grows by a piece in each of many steps.
local pieces = std.makeArray(40000, function(i) 'piece ' + i + ';');
local text = std.foldl(function(text, piece) text + piece, pieces, '');
[std.length(text), std.substr(text, 200000, 40)]
