local f(x, y=1) = x + y;
{ a: f(2), b:: self.a, c+: { d: $.b }, assert self.a > 1 : 'no', [k]: super.x for k in ['e'] }