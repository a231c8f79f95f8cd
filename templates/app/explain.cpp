#include "templates/app/explain.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/object.h"
#include "templates/app/collect_objects.h"
#include "templates/app/plain_component.h"
#include "templates/app/plain_places.h"
#include "templates/app/render_job.h"
#include "templates/jsonnet/engine/engine.h"

namespace kfctl {
namespace {

using Paths = std::vector<ValuePath>;

std::string label_of(const Json& object) {
  return std::string(object.string_at({"metadata", "labels", kComponentLabel}));
}

bool is_path(const ValuePath& path, std::initializer_list<std::string_view> keys) {
  return std::equal(path.begin(), path.end(), keys.begin(), keys.end(),
                    [](const PathStep& step, std::string_view key) { return step.key == key; });
}

// As much of the path as leads somewhere.
ValuePath existing(const Json& value, ValuePath path) {
  while (find_at(value, path) == nullptr) path.pop_back();
  return path;
}

// What only our own programs are on the way says nothing to a user.
void drop_plumbing(std::vector<Hop>& hops) {
  for (size_t i = hops.size(); i-- > 0;) {
    const bool passes = hops[i].external == kComponentsVariable ||
                        hops[i].place.file == "<extvar:" + std::string(kComponentsVariable) + ">";
    if (!passes) continue;
    hops.erase(hops.begin(), hops.begin() + static_cast<ptrdiff_t>(i) + 1);
    break;
  }
  std::erase_if(hops, [](const Hop& hop) {
    return hop.place.file == kLayersBelow ||
           (hop.place.file.starts_with('<') && !hop.place.file.starts_with(kBuiltinImport));
  });
}

// An origin that has to be looked up in another evaluation.
struct Open {
  enum In : uint8_t { kOverridden, kInput, kOrigin };
  size_t answer = 0;
  In in = kOrigin;
  size_t index = 0;
  ValuePath path;  // within the parameters
};

class Explainer {
 public:
  Explainer(const RenderJob& job, const std::vector<ValueQuestion>& questions)
      : job_(job), questions_(questions), answers_(questions.size()) {}

  Result<std::vector<Provenance>> explain() {
    for (size_t i = 0; i < answers_.size(); ++i) answers_[i].path = questions_[i].path;
    Status status = components(false);
    const bool looked_elsewhere =
        !status.ok() && status.error().message.find(kNotEvaluated) != std::string::npos;
    if (looked_elsewhere) status = components(true);
    KF_DO(std::move(status));
    for (size_t i = 0; i < answers_.size(); ++i) follow(i);
    KF_DO(parameters(false, in_params_));
    KF_DO(parameters(true, in_own_params_));
    close_all();
    for (Provenance& answer : answers_) settle(answer);
    return std::move(answers_);
  }

 private:
  Status components(bool all_params) {
    KF_TRY(params_, evaluate_params(job_, all_params));
    for (const Module& module : job_.modules)
      if (job_.needs(module)) KF_DO(components_of(module));
    return Ok{};
  }

  Status components_of(const Module& module) {
    AppImporter importer(job_.app, job_.packages, job_.environment, job_.options.library_paths);
    KF_TRY(const JsonnetRequest request, module_program(job_, module, params_, importer));
    std::vector<size_t> asked;
    KF_TRY(std::vector<Provenance> found, JsonnetEngine().explain(request, [&](const Json& value) {
      return choose(module, value, asked);
    }));
    for (size_t i = 0; i < asked.size(); ++i) {
      found[i].path = questions_[asked[i]].path;
      drop_plumbing(found[i].hops);
      answers_[asked[i]] = std::move(found[i]);
    }
    return Ok{};
  }

  // The paths in a module's value that questions are about, and the numbers of these questions.
  Paths choose(const Module& module, const Json& value, std::vector<size_t>& asked) {
    Paths paths;
    const std::string prefix = module.name == "/" ? "" : module.name + ".";
    for (size_t i = 0; i < questions_.size(); ++i) {
      const std::string label = label_of(*questions_[i].object);
      if (!label.starts_with(prefix)) continue;
      const std::string local = label.substr(prefix.size());
      const Json* output = value.find(local);
      if (output == nullptr) continue;
      const std::optional<ValuePath> way =
          find_in_output(*output, *questions_[i].object, job_.environment.destination.name_space);
      if (!way || added_by_us(i, *find_at(*output, *way))) continue;
      ValuePath path = questions_[i].path;
      path.insert(path.begin(), way->begin(), way->end());
      path.insert(path.begin(), PathStep(local));
      paths.push_back(existing(value, std::move(path)));
      asked.push_back(i);
    }
    return paths;
  }

  // The label and the namespace that collect_objects adds.
  bool added_by_us(size_t i, const Json& object) {
    Origin& origin = answers_[i].origin;
    const Json* value = find_at(*questions_[i].object, questions_[i].path);
    if (is_path(questions_[i].path, {"metadata", "labels", kComponentLabel})) {
      origin = {OriginKind::kAdded, {"", 0, 0, "the component's name", ""}, *value, "", {}};
      return true;
    }
    if (!is_path(questions_[i].path, {"metadata", "namespace"}) || value == nullptr ||
        !object.string_at({"metadata", "namespace"}).empty()) {
      return false;
    }
    origin = destination("namespace");
    origin.value = *value;
    return true;
  }

  // What app.yaml, or a flag, says of the environment.
  Origin destination(const std::string& what) const {
    Origin origin;
    origin.kind = OriginKind::kAdded;
    origin.place.text = "the environment's " + what;
    if (what == "namespace" && !job_.options.name_space.empty()) {
      origin.place.text = "--namespace";
      return origin;
    }
    const std::string file =
        job_.app.path(job_.environment.overridden ? "app.override.yaml" : "app.yaml");
    const Result<std::string> text = job_.app.files().read(file);
    if (!text.ok()) return origin;
    const std::string note = std::move(origin.place.text);
    origin.place = place_in_document(text.value(), file,
                                     {"environments", job_.environment.name, "destination", what});
    origin.place.text = note;
    return origin;
  }

  // --- from the components' evaluation to the parameters'

  void follow(size_t number) {
    Provenance& answer = answers_[number];
    for (size_t i = 0; i < answer.overridden.size(); ++i)
      follow_origin(answer.overridden[i], {number, Open::kOverridden, i, {}});
    for (size_t i = 0; i < answer.inputs.size(); ++i)
      follow_origin(answer.inputs[i], {number, Open::kInput, i, {}});
    follow_origin(answer.origin, {number, Open::kOrigin, 0, {}});
  }

  void follow_origin(Origin& origin, Open open) {
    if (origin.external == kParamsVariable && origin.inside.size() >= 2) {
      open.path = {PathStep("values"), PathStep(full_name(open, origin.inside[1].key))};
      open.path.insert(open.path.end(), origin.inside.begin() + 2, origin.inside.end());
      in_params_.push_back(std::move(open));
    } else if (origin.external == kComponentsVariable && origin.place.file.starts_with('<')) {
      follow_plain(origin, open);
    }
  }

  std::string full_name(const Open& open, const std::string& local) const {
    const std::string label = label_of(*questions_[open.answer].object);
    return label.substr(0, label.rfind('.') + 1) + local;
  }

  // A YAML or JSON component: the line in its file, unless a parameter is merged over it.
  void follow_plain(Origin& origin, Open open) {
    const std::string name = full_name(open, origin.inside[0].key);
    const auto component =
        std::find_if(job_.components.begin(), job_.components.end(),
                     [&](const Component& one) { return one.full_name == name; });
    if (component == job_.components.end()) return;
    const std::string file = job_.app.path(component->path);
    const Result<std::string> text = job_.app.files().read(file);
    if (!text.ok()) return;
    const ValuePath inside(origin.inside.begin() + 1, origin.inside.end());
    const Result<Json> raw = read_plain_component(*component, text.value(), file, Json());
    const Json* value = raw.ok() ? find_at(raw.value(), inside) : nullptr;
    origin = {OriginKind::kLiteral, place_in_component(text.value(), file, inside), {}, "", {}};
    if (value != nullptr && !value->is_object() && !value->is_array()) origin.value = *value;

    const bool listed = raw.ok() && is_object_list(raw.value());
    open.path = {PathStep("values"), PathStep(name)};
    if (listed) open.path.emplace_back(object_id(*questions_[open.answer].object).text());
    open.path.insert(open.path.end(), inside.begin() + (listed ? 2 : 0), inside.end());
    const ValuePath below(open.path.begin() + 1, open.path.end());
    const Json* patch = find_at(params_.own_params.values, below);
    if (patch == nullptr || patch->is_object()) return;
    if (value != nullptr && open.in == Open::kOrigin)
      answers_[open.answer].overridden.push_back(origin);
    in_own_params_.push_back(std::move(open));
  }

  // --- the parameters' evaluation

  Status parameters(bool only_components, const std::vector<Open>& open) {
    if (open.empty()) return Ok{};
    AppImporter importer(job_.app, job_.packages, job_.environment, job_.options.library_paths);
    LayerQuery query = params_query(job_, true, only_components);
    std::set<std::string> names;
    for (const Open& one : open) names.insert(one.path[1].key);
    query.components.assign(names.begin(), names.end());
    const JsonnetRequest request = params_program(job_.app, importer, job_.environment, query);
    KF_TRY(std::vector<Provenance> found, JsonnetEngine().explain(request, [&](const Json& value) {
      Paths paths;
      for (const Open& one : open) paths.push_back(existing(value, one.path));
      return paths;
    }));
    for (size_t i = 0; i < open.size(); ++i) closed_.emplace_back(open[i], std::move(found[i]));
    return Ok{};
  }

  // The origins themselves last: they make the lists longer that others count in.
  void close_all() {
    for (auto& [open, found] : closed_)
      if (open.in != Open::kOrigin) close(open, std::move(found));
    for (auto& [open, found] : closed_)
      if (open.in == Open::kOrigin) close(open, std::move(found));
  }

  void close(const Open& open, Provenance found) {
    Provenance& answer = answers_[open.answer];
    drop_plumbing(found.hops);
    if (open.in == Open::kOverridden) {
      answer.overridden[open.index] = std::move(found.origin);
    } else if (open.in == Open::kInput) {
      const std::string written = std::move(answer.inputs[open.index].place.text);
      answer.inputs[open.index] = std::move(found.origin);
      answer.inputs[open.index].place.text = written;
    } else {
      answer.origin = std::move(found.origin);
      answer.inputs = std::move(found.inputs);
      const auto append = [](auto& to, auto& from, auto where) {
        to.insert(where, std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
      };
      append(answer.hops, found.hops, answer.hops.end());
      append(answer.overridden, found.overridden, answer.overridden.begin());
    }
  }

  void settle(Provenance& answer) const {
    settle(answer.origin);
    for (Origin& origin : answer.overridden) settle(origin);
    for (Origin& origin : answer.inputs) settle(origin);
  }

  void settle(Origin& origin) const {
    if (origin.external != kEnvironmentsVariable || origin.inside.empty()) return;
    Origin found = destination(origin.inside[0].key);
    found.value = std::move(origin.value);
    origin = std::move(found);
  }

  const RenderJob& job_;
  const std::vector<ValueQuestion>& questions_;
  std::vector<Provenance> answers_;
  JobParams params_;
  std::vector<Open> in_params_, in_own_params_;
  std::vector<std::pair<Open, Provenance>> closed_;
};

}  // namespace

Result<std::vector<Provenance>> explain_values(const App& app, const PackageSource& packages,
                                               std::string_view environment,
                                               const RenderOptions& options,
                                               const std::vector<ValueQuestion>& questions) {
  RenderOptions own = options;
  own.on_trace = nullptr;  // what std.trace says has been heard when the objects were rendered
  own.profile = nullptr;
  std::set<std::string> components;
  for (const ValueQuestion& question : questions) components.insert(label_of(*question.object));
  own.components.assign(components.begin(), components.end());
  KF_TRY(const RenderJob job, open_render_job(app, packages, environment, own));
  return Explainer(job, questions).explain();
}

}  // namespace kfctl
