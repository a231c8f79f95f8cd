// Programs made to break an engine: nested without end, growing by doubling, recursive without
// end, huge. Each gives its value, or an error that says which limit it met, within 500 calls and
// 32 MiB.
#include <functional>

#include "engine_test.h"

using namespace kfctl;

namespace {

std::string times(size_t count, std::string_view text) {
  std::string out;
  out.reserve(count * text.size());
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

// text(1) + text(2) + ... + text(count)
std::string each(size_t count, const std::function<std::string(std::string)>& text) {
  std::string out;
  for (size_t i = 1; i <= count; ++i) out += text(std::to_string(i));
  return out;
}

// "= " and the value on one line, or the whole error.
std::string outcome(const std::string& source) {
  JsonnetRequest request;
  request.path = "hostile";
  request.source = source;
  request.memory = [] { return size_t{32} << 20; };
  const Result<JsonnetText> result = JsonnetEngine().print(request, JsonnetOutput::kJson);
  if (!result.ok()) return result.error().to_text();
  std::string value = result.value().text;
  std::erase_if(value, [](char c) { return c == '\n' || c == ' '; });
  return "= " + value;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The frames of the address sanitizer are larger, and the stack is smaller: engine.cpp.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSmallStack = true;
#elif defined(__has_feature)
constexpr bool kSmallStack = __has_feature(address_sanitizer);
#else
constexpr bool kSmallStack = false;
#endif

constexpr size_t kDeep = 10'000, kTooDeep = 100'000, kDeepest = 1'000'000;
constexpr std::string_view kNested = "this is nested too deeply";
constexpr std::string_view kFrames = "max stack frames exceeded";
constexpr std::string_view kMemory = "needs more than 32 MiB of memory";
constexpr std::string_view kItself = "infinite recursion";

struct Hostile {
  std::string source;
  std::string_view wanted;  // "= " and the whole value, or a part of the error
};

void check(const std::vector<Hostile>& table) {
  for (const Hostile& row : table) {
    const std::string got = outcome(row.source);
    const bool is_value = row.wanted.starts_with("= ");
    const bool as_wanted =
        is_value ? got == row.wanted || (kSmallStack && says(got, "nested too deeply"))
                 : says(got, row.wanted);
    CHECK_MESSAGE(as_wanted, row.source.substr(0, 200)
                                 << "\n... of " << row.source.size() << " bytes gives\n"
                                 << got.substr(0, 1000) << "\nwanted: " << row.wanted);
    CHECK_MESSAGE(got.size() < 20'000, row.source.substr(0, 200));
  }
}

}  // namespace

TEST_CASE("what is nested without end is refused by the parser") {
  for (const std::string_view open : {"[",
                                      "{a:",
                                      "{a::",
                                      "{a+:",
                                      "{[",
                                      "(",
                                      "-",
                                      "- ",
                                      "!",
                                      "~",
                                      "1+(",
                                      "a(",
                                      "a[",
                                      "function(x) ",
                                      "if ",
                                      "if true then ",
                                      "if false then 1 else ",
                                      "local a=1;",
                                      "local a=",
                                      "assert true;",
                                      "assert ",
                                      "error ",
                                      "[x for x in ",
                                      "{[k]:1 for k in ",
                                      "f(",
                                      "[{a:("})
    check({{times(kTooDeep, open), kNested}});
}

TEST_CASE("what is nested ten thousand deep has its value, or meets the limit of calls") {
  check({
      {times(kDeep, "[") + times(kDeep, "]"), kFrames},
      {"std.length(" + times(kDeep, "[") + times(kDeep, "]") + ")", "= 1"},
      {times(kDeep, "{a:") + "1" + times(kDeep, "}"), kFrames},
      {times(kDeep, "(") + "1" + times(kDeep, ")"), "= 1"},
      {times(kDeep, "-") + "1", "= 1"},
      {times(kDeep, "!") + "true", "= true"},
      {times(kDeep / 2, "1+(") + "1" + times(kDeep / 2, ")"), "= 5001"},
      {times(kDeep, "if false then 1 else ") + "2", "= 2"},
      {times(kDeep, "if ") + "true" + times(kDeep, " then true else false"), "= true"},
      {times(kDeep, "local a=1;") + "a", "= 1"},
      {times(kDeep, "assert true;") + "1", "= 1"},
      {times(kDeep, "error ") + "'x'", "x"},
      {times(kDeep / 2, "(function(x) ") + "1" + times(kDeep / 2, ")(1)"), kFrames},
      {"local f(x)=x;" + times(kDeep, "f(") + "1" + times(kDeep, ")"), kFrames},
      {times(kDeep, "std.abs(") + "1" + times(kDeep, ")"), "= 1"},
      {times(kDeep, "[x for x in ") + "[1]" + times(kDeep, "]"), "= [1]"},
      {"local a=[0];" + times(kDeep, "a[") + "0" + times(kDeep, "]"), "= 0"},
  });
}

TEST_CASE("rows of a hundred thousand have their value, of a million at least an error") {
  constexpr size_t kRow = 100'000;
  check({
      {"1" + times(kRow, "+1"), "= 100001"},
      {"true" + times(kRow, "&&true"), "= true"},
      {"std.length('a'" + times(kRow, "+'a'") + ")", "= 100001"},
      {"1" + times(kDeepest, "+1"), kNested},
      {"'a'" + times(kDeepest, "+'a'"), kNested},
      {"local f(x)=f;(f" + times(kDeepest, "(1)") + ")==1", kNested},
      {"local a=[a];a" + times(kDeepest, "[0]"), kNested},
      {"local a={a:a};a" + times(kDeepest, ".a"), kNested},
      {"[1]" + times(kDeepest, "[:]"), kNested},
      {"{}" + times(kDeepest, "{}"), kNested},
      {"({a:1}" + each(kDeep, [](auto i) { return "+{a" + i + ":1}"; }) + ").a10000", "= 1"},
      {"({a:1}" + times(400, "+{a+:1}") + ").a", "= 401"},
      {"({a:1}" + times(kDeep, "+{a+:1}") + ").a", kFrames},
      {"{a:1}" + times(kDeep, "+{a:super.a+1}"), kFrames},
      {"({a:1}" + times(1'000, "+{assert self.a==1}") + ").a", "= 1"},
      {"std.length([" + times(kTooDeep, "1,") + "])", "= 100000"},
      {"std.length({" + each(kRow, [](auto i) { return "a" + i + ":1,"; }) + "})", "= 100000"},
      {"(function(" + each(kRow, [](auto i) { return "a" + i + "=1,"; }) + ") 1)()", "= 1"},
      {"(function(x) x)(" + times(kRow, "1,") + ")", "takes 1 argument, but 100000 were given"},
      {"local a0=1;" + each(kDeep, [](auto i) { return "local a" + i + "=1;"; }) + "a9", "= 1"},
      {"[1 " + times(1'000, "for x in [1] ") + "]", "= [1]"},
      {"[1 for x in [1] " + times(kDeep, "if true ") + "]", "= [1]"},
      {times(kTooDeep, "/**/") + "1", "= 1"},
      {times(kTooDeep, "#\n") + "1", "= 1"},
      {times(kTooDeep, "1"), "too large for a double"},
      {"std.floor(10*0." + times(kTooDeep, "1") + ")", "= 1"},
      {"1e" + times(kTooDeep, "1"), "too large for a double"},
      {"'" + times(kTooDeep, "%s") + "' % []", "more formats than values"},
      {"\"" + times(kTooDeep, "\\"), "this string has no closing quote"},
  });
}

TEST_CASE("a value without end, or one as deep as memory allows, meets the limit of calls") {
  const std::string deep = "local d=std.foldl(function(a,i) [a],std.range(1,1e4),[]);";
  const std::string cycle = "local d=[d],e=[e],o={a:o},p={a:p};";
  for (const std::string& values : {deep + "local e=[d],o={a:d},p={a:e};", cycle})
    for (const char* use :
         {"d", "o", "std.manifestJson(d)", "std.manifestJsonEx(d,' ')",
          "std.manifestJsonMinified(o)", "std.manifestYamlDoc(o)", "std.manifestYamlStream([d])",
          "std.manifestToml(o)", "std.manifestTomlEx(o,' ')", "std.manifestPython(d)",
          "std.manifestPythonVars(o)", "std.manifestIni({main:o,sections:{}})", "std.toString(d)",
          "'%s' % [d]", "'' + o", "std.escapeStringJson(d)", "error d",
          "std.trace(std.toString(d),1)"})
      check({{values + use, kFrames}});
  check({
      {cycle + "d==e", kFrames},
      {cycle + "o==p", kFrames},
      {cycle + "d<e", kFrames},
      {cycle + "std.sort([d,e])", kFrames},
      {cycle + "std.set([d,e])", kFrames},
      {cycle + "std.uniq([d,e])", kFrames},
      {cycle + "std.member(d,e)", kFrames},
      {cycle + "std.count([d],e)", kFrames},
      {cycle + "std.find(d,[e])", kFrames},
      {cycle + "std.maxArray([d,e])", kFrames},
      {cycle + "std.setInter([d],[e])", kFrames},
      {cycle + "std.assertEqual(d,e)", kFrames},
      {cycle + "std.mergePatch(o,p)", kFrames},
      {cycle + "std.prune(d)", "nested too deeply"},
      {cycle + "std.prune(o)", "nested too deeply"},
      {cycle + "std.flattenDeepArray(d)", "nested too deeply"},
      {cycle + "std.deepJoin(d)", "nested too deeply"},
      {"local x=['a',x];std.manifestXmlJsonml(x)", "nested too deeply"},
      {"local x=[x,x];x", kFrames},
      {"std.foldl(function(a,i) a+1,std.range(1,1e5),0)", "= 100000"},
      {"std.foldr(function(i,a) a+1,std.range(1,1e4),0)", "= 10000"},
      {"std.foldl(function(f,i) (function(x) f(x)+1),std.range(1,1e4),function(x) x)(1)", kFrames},
      {"std.foldl(function(a,i) a+{a+:1},std.range(1,1e4),{a:1})", kFrames},
  });
}

TEST_CASE("what grows by doubling meets the limit of memory") {
  const auto doubled = [](const std::string& first, const std::string& next) {
    return "local a0=" + first + ";" + each(60, [&](const std::string& i) {
             const std::string before = "a" + std::to_string(std::stoi(i) - 1);
             std::string text = "local a" + i + "=" + next + ";";
             for (size_t at; (at = text.find('$')) != std::string::npos;)
               text.replace(at, 1, before);
             return text;
           });
  };
  const std::string nested = doubled("['lol']", "[$,$]");
  check({
      {doubled("'lol'", "$+$") + "a60", kMemory},
      {doubled("['lol']", "$+$") + "a60", kMemory},
      {nested + "a60", kMemory},
      {nested + "std.manifestYamlDoc(a60)", kMemory},
      {nested + "std.manifestTomlEx({a:a60},'')", kMemory},
      {nested + "std.manifestPython(a60)", kMemory},
      {nested + "std.manifestIni({sections:{a:{a:a60}}})", kMemory},
      {nested + "std.length(''+a60)", kMemory},
      {nested + "'%s' % [a60]", kMemory},
      {nested + "std.prune(a60)", kMemory},
      {nested + "std.flattenDeepArray(a60)", kMemory},
      {nested + "std.deepJoin(a60)", kMemory},
      {doubled("['a','b']", "['a',$,$]") + "std.manifestXmlJsonml(a60)", kMemory},
      {doubled("{a:'lol'}", "{a:$,b:$}") + "a60", kMemory},
      {doubled("{a+:1}", "$+$") + "({a:0}+a60).a", kMemory},
      {"std.foldl(function(a,i) a+a,std.range(1,100),'a')", kMemory},
      {"std.foldl(function(a,i) '%s%s' % [a,a],std.range(1,100),'a')", kMemory},
      {"std.foldl(function(a,i) std.strReplace(a,'a','aa'),std.range(1,100),'a')", kMemory},
      {"std.foldl(function(a,i) std.escapeStringJson(a),std.range(1,100),'')", kMemory},
      {"local f(x)=f(x+x) tailstrict;f([1])", kMemory},
      {"local f(x)=f([x]) tailstrict;f([1])", kMemory},
      {"std.manifestJsonEx(std.foldl(function(a,i) [a],std.range(1,400),1),std.repeat(' ',1e6))",
       kMemory},
      {"std.manifestYamlDoc(std.foldl(function(a,i) {a:a},std.range(1,400),std.repeat('\\n',1e6)))",
       kMemory},
  });
}

TEST_CASE("recursion without end is found out wherever it goes through") {
  check({
      {"local f(x)=f(x)+1;f(1)", kFrames},
      {"local f(x)=g(x)+1,g(x)=f(x);f(1)", kFrames},
      {"local f(x)=std.trace('a',f(x));f(1)", kFrames},
      {"local y(f)=f(y(f));y(function(x) x+1)", kFrames},
      {"local f(x)=std.foldl(function(a,b) f(b),[1],0);f(1)", kFrames},
      {"local f(x)=std.sort([1,2],keyF=f);f(1)", kFrames},
      {"local f(x)=std.filter(f,[1,2]);f(1)", kFrames},
      {"local f(k,v)=std.mapWithKey(f,{a:1});f(1,2)", kFrames},
      {"local f(x)={assert f(x+1).a==1,a:1};f(0)", kFrames},
      {"local f(x)=x+{a:f(self)};f({})", kFrames},
      {"{a:self}", kFrames},
      {"{a:std.manifestJson(self)}", kItself},
      {"{a:''+self}", kItself},
      {"{a:self==self}", kItself},
      {"{a:std.objectValues(self)}", kFrames},
      {"{a:self.b,b:self.a}", kItself},
      {"{a:$.a.b}", kItself},
      {"{a+:self.a}", kItself},
      {"{a:1}+{a:super.a+self.a}", kItself},
      {"{a:std.get(self,'a')}", kItself},
      {"{local a=a,b:a}", kItself},
      {"local x=x;x", kItself},
      {"local x=y,y=x;x", kItself},
      {"local x=[x[0]];x", kItself},
      {"local x=x+{};x", kItself},
      {"local x=[y for y in x];x", kItself},
      {"local x={[k]:1 for k in std.objectFields(x)};x", kItself},
      {"local x={[x.a]:1};x", kItself},
      {"(function(a=b,b=a) a)()", kItself},
      {"local x=std.makeArray(3,function(i) x[i]);x", kItself},
      {"local x=std.map(function(i) i,x);x", kItself},
      {"local x=std.sort(x);x", kItself},
      {"local x=std.parseJson(x);x", kItself},
      {"local o={a:'%(a)s' % o};o", kItself},
      {"{assert self.a==1,a:self}", "object assertion failed"},
      {"local a=std.range(1,3),b=[b[i-1] for i in a];b", kItself},
  });
  CHECK(says(error_of("import 'a'", {{"a", "(import 'b') + 1"}, {"b", "(import 'a') + 1"}}),
             kItself));
}

TEST_CASE("huge arrays and texts meet a limit before they are made") {
  check({
      {"std.range(1,1e12)", "too many items"},
      {"std.range(-1e308,1e308)", "too many items"},
      {"std.length(std.range(1,3e9))", "= 3000000000"},
      {"std.range(1,3e9)", kMemory},
      {"''+std.range(1,3e9)", kMemory},
      {"std.reverse(std.range(1,2e9))", kMemory},
      {"std.sort(std.range(1,1e9))", kMemory},
      {"std.set(std.range(1,1e9))", kMemory},
      {"std.uniq(std.range(1,3e9))", kMemory},
      {"std.filter(function(x) true,std.range(1,3e9))", kMemory},
      {"std.map(function(x) x,std.range(1,3e9))", kMemory},
      {"std.prune(std.range(1,3e9))", kMemory},
      {"std.flattenDeepArray(std.range(1,3e9))", kMemory},
      {"std.setUnion(std.range(1,3e9),[])", kMemory},
      {"std.removeAt(std.range(1,3e9),1)", kMemory},
      {"std.range(1,3e9)+[1]", kMemory},
      {"std.range(1,3e9)[::2]", kMemory},
      {"[x for x in std.range(1,3e9)]", kMemory},
      {"[1 for a in std.range(1,1e5) for b in std.range(1,1e5)]", kMemory},
      {"{['a'+x]:1 for x in std.range(1,3e9)}", kMemory},
      {"std.join([0],std.map(function(x) [x],std.range(1,1e9)))", kMemory},
      {"std.flattenArrays(std.repeat([std.range(1,1e5)],1e5))", kMemory},
      {"std.makeArray(1e10,function(i) i)", "too many items"},
      {"std.makeArray(3e9,function(i) i)", kMemory},
      {"std.repeat('a',1e12)", "too many items"},
      {"std.repeat('a',4e9)", kMemory},
      {"std.repeat([1],4e9)", kMemory},
      {"std.repeat('',4e9)", "= \"\""},
      {"std.repeat([],4e9)", "= []"},
      {"std.repeat(std.repeat('a',1e5),1e5)", "the result is too long"},
      {"std.stringChars(std.repeat('a',1e7))", kMemory},
      {"std.encodeUTF8(std.repeat('a',1e7))", kMemory},
      {"'%1000000000d' % 1", "more than a hundred million"},
      {"'%.1000000000d' % 1", "too large"},
      {"'%01000000000d' % 1", "too large"},
      {"'%99999999999999999999999d' % 1", "more than a hundred million"},
      {"'%*d' % [1e308,1]", "more than a hundred million"},
      {"'%.*f' % [1e308,1]", "too large"},
      {"'" + times(50, "%100000000d") + "' % std.range(1,50)", kMemory},
      {"[std.repeat('a',2e7)+i for i in std.range(1,100)]", kMemory},
      {"std.parseJson('['+std.repeat('1,',1e6)+'1]')", kMemory},
  });
}

TEST_CASE("parseJson and parseYaml refuse bombs") {
  const std::string bomb =
      "std.parseYaml('a0: &a0 [lol]\\n'+std.join('',std.map(function(i) "
      "'a%d: &a%d [*a%d,*a%d]\\n' % [i,i,i-1,i-1],std.range(1,40))))";
  check({
      {"std.parseJson(std.repeat('[',1e5))", "nested more than 1000 levels deep"},
      {"std.parseJson(std.repeat('{\"a\":',1e5))", "nested more than 1000 levels deep"},
      {"std.length(std.parseJson(std.repeat('[',900)+std.repeat(']',900)))", "= 1"},
      {"std.parseJson('1e400')", "std.parseJson"},
      {"std.parseYaml(std.repeat('[',1e5))", "std.parseYaml"},
      {"std.parseYaml(std.repeat('{a: ',1e5))", "std.parseYaml"},
      {"std.parseYaml(std.repeat('- ',1e5))", "std.parseYaml"},
      {"std.parseYaml(std.repeat('? ',1e5))", "std.parseYaml"},
      {bomb, "too large once its aliases are written out"},
      {"std.parseYaml('a: &a [*a]')", "an alias inside of what it stands for"},
      {"std.parseYaml('.inf')", "std.parseYaml"},
  });
}

TEST_CASE("numbers at the end of their range") {
  check({
      {"1e309", "too large for a double"},
      {"1e308*10", "this number is too large"},
      {"1/5e-324", "this number is too large"},
      {"std.pow(10,1000)", "this number is too large"},
      {"std.pow(-1,0.5)", "this is not a number"},
      {"std.sqrt(-1)", "this is not a number"},
      {"std.log(0)", "this number is too large"},
      {"std.sum([1e308,1e308])", "this number is too large"},
      {"std.parseInt('" + times(400, "9") + "')", "this number is too large"},
      {"5%0", "division by zero"},
      {"1<<1e308", "2^53 - 1"},
      {"~1e300", "2^53 - 1"},
      {"[1][1e300]", "out of bounds"},
      {"'a'[-1]", "out of bounds"},
      {"[1,2,3][1e300:1e300:1e300]", "= []"},
      {"[1,2,3][-1e300:1e300]", "= [1,2,3]"},
      {"std.substr('abc',1e300,1e300)", "= \"\""},
      {"std.char(1e300)", "a code point is between"},
      {"std.decodeUTF8([1e300])", "std.decodeUTF8"},
      {"5e-324", "= 4.9406564584124654e-324"},
  });
}

TEST_CASE("texts that are no jsonnet") {
  check({
      {"", "the file ends where an expression should be"},
      {times(1'000'000, " "), "the file ends where an expression should be"},
      {std::string(1000, '\0'), "a character with code 0 has no meaning here"},
      {std::string("std.length('a\0b')", 17), "= 3"},
      {"\xef\xbb\xbf"
       "1",
       "byte order mark"},
      {"[\xef\xbb\xbf"
       "1]",
       "U+FEFF"},
      {"local \xff=1;1", "U+FFFD"},
      {"'\xff\xfe\x80'", "= \"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {"'\xed\xa0\x80'", "= \"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {"'\\ud800'", "half of a surrogate pair"},
      {times(1'000'000, "\xff"), "U+FFFD"},
      {"local " + times(1'000'000, "a") + "=1;b", "unknown variable 'b'"},
      {"{a:1}." + times(10'000, "b"), "field does not exist"},
      {"({[std.repeat('a',1e6)]:1})[std.repeat('b',1e4)]", "field does not exist"},
  });
}
