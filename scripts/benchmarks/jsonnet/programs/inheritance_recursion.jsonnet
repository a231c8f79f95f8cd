// Fibonacci numbers by objects that are made from each other.
local number = {
  n: 0,
  local outer = self,
  value: if self.n < 2 then 1
  else (number { n: outer.n - 1 }).value + (number { n: outer.n - 2 }).value,
};
(number { n: 21 }).value
