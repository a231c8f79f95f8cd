// @name x
// @description a
// b
//
// c
// @param n number N
// @optionalParam s string  empty default
// @optionalParam o object {} O
import "param://n"
