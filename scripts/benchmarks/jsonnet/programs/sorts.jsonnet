// Numbers, strings and objects in order; sets of them.
local numbers(n, seed) = std.makeArray(n, function(i) (i * 7919 + seed * 104729) % 65537);
local records = [{ id: n, name: 'record %05d' % n } for n in numbers(4000, 3)];
{
  numbers: std.sort(numbers(20000, 1))[0:10],
  strings: std.sort(['s' + n for n in numbers(10000, 2)])[0:10],
  records: [record.name for record in std.sort(records, function(record) record.name)[0:10]],
  unique: std.length(std.uniq(std.sort([n % 100 for n in numbers(10000, 4)]))),
  set: std.length(std.set(numbers(10000, 5))),
  union: std.length(std.setUnion(std.set(numbers(3000, 6)), std.set(numbers(3000, 7)))),
}
