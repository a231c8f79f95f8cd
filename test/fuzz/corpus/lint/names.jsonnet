local a = import 'fuzz', f(x, y=[1], z) = x + y, unused = 1;
{ local a = 2, b: [f(x) for x in [1] if x == a], [c](d):: d, e+: a.b.c } // lint-ignore: shadowing
