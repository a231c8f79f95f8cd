// One long template, filled again and again.
local line = 'export %(name)s_%(kind)s="%(value)d" # %(share).2f of %(name)s, %(flag)s%%\n';
local template = std.join('', std.makeArray(1500, function(i) line));
local filled(i) = template % { name: 'UNIT' + i, kind: 'COUNT', value: 42 + i, share: i / 8, flag: true };
std.foldl(function(total, i) total + std.length(filled(i)), std.range(1, 4), 0)
