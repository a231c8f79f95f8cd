local o = { p: { q: 1 } } { r: 's' };
assert !true : 'no'; if o.p.z == null then std.lenght(o.r) - 'x' else f(1, a=2)[1:2] && o.p == o.p
