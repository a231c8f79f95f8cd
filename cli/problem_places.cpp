#include "cli/problem_places.h"

#include <algorithm>

#include "cli/project.h"
#include "registry/builtin.h"
#include "templates/app/explain.h"

namespace kfctl {
namespace {

bool is_users(const SourcePlace& place) { return place.line > 0 && !place.file.starts_with('<'); }

// Where a value comes from: its origin, or the last step on the way to it that the user wrote. A
// field that is wrong by itself was written where the way begins, unless a library wrote it.
SourcePlace place_of(const Provenance& provenance, bool of_key) {
  const std::vector<Hop>& hops = provenance.hops;
  const auto by_user = [](const Hop& hop) { return is_users(hop.place); };
  if (of_key && !hops.empty() && std::all_of(hops.begin(), hops.end(), by_user))
    return hops.front().place;
  if (is_users(provenance.origin.place)) return provenance.origin.place;
  const auto last = std::find_if(hops.rbegin(), hops.rend(), by_user);
  return last == hops.rend() ? SourcePlace() : last->place;
}

}  // namespace

std::vector<SourcePlace> problem_places(const std::vector<Problem>& problems,
                                        const std::vector<Json>& objects,
                                        const Deployment& deployment, const Args& args,
                                        const World& world) {
  std::vector<SourcePlace> places(problems.size());
  std::vector<ValueQuestion> questions;
  std::vector<size_t> asked;
  for (size_t i = 0; i < problems.size(); ++i) {
    const auto object = std::find_if(objects.begin(), objects.end(), [&](const Json& one) {
      return object_id(one) == problems[i].object;
    });
    Result<ValuePath> path = parse_value_path(problems[i].path);
    if (object == objects.end() || !path.ok()) continue;
    questions.push_back({&*object, std::move(path).value()});
    asked.push_back(i);
  }
  if (questions.empty()) return places;
  const Result<RenderOptions> options = render_options(args, world);
  if (!options.ok()) return places;
  const Result<std::vector<Provenance>> found = explain_values(
      deployment.app, builtin_registry(), deployment.environment.name, options.value(), questions);
  if (!found.ok()) return places;
  for (size_t i = 0; i < asked.size(); ++i) {
    SourcePlace& place = places[asked[i]] =
        place_of(found.value()[i], problems[asked[i]].about_key);
    if (is_secret(*questions[i].object)) place.excerpt.clear();
  }
  return places;
}

}  // namespace kfctl
