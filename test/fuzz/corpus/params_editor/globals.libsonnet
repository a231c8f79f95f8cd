local a = 1, b = [x == 2 for x in [1]];
{ /* } */ u: @'it''s {', 'v': 'a\'}', a+: { b: 1 } } + { c: 1 }
