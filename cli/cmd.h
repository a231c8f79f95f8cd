// The functions behind the rows of the table of commands. Each gathers what it needs, decides,
// prints, and returns the exit code of the process.
#pragma once

namespace kfctl {

class Args;
class Console;
struct World;

int cmd_init(const Args& args, Console& console, World& world);
int cmd_env_add(const Args& args, Console& console, World& world);
int cmd_env_set(const Args& args, Console& console, World& world);
int cmd_env_rm(const Args& args, Console& console, World& world);
int cmd_env_targets(const Args& args, Console& console, World& world);
int cmd_env_list(const Args& args, Console& console, World& world);
int cmd_env_describe(const Args& args, Console& console, World& world);
int cmd_env_current(const Args& args, Console& console, World& world);
int cmd_prototype_list(const Args& args, Console& console, World& world);
int cmd_prototype_search(const Args& args, Console& console, World& world);
int cmd_prototype_describe(const Args& args, Console& console, World& world);
int cmd_prototype_preview(const Args& args, Console& console, World& world);
int cmd_generate(const Args& args, Console& console, World& world);
int cmd_component_list(const Args& args, Console& console, World& world);
int cmd_component_rm(const Args& args, Console& console, World& world);
int cmd_module_list(const Args& args, Console& console, World& world);
int cmd_module_create(const Args& args, Console& console, World& world);
int cmd_param_set(const Args& args, Console& console, World& world);
int cmd_param_delete(const Args& args, Console& console, World& world);
int cmd_param_list(const Args& args, Console& console, World& world);
int cmd_param_diff(const Args& args, Console& console, World& world);
int cmd_jsonnet(const Args& args, Console& console, World& world);
int cmd_fmt(const Args& args, Console& console, World& world);
int cmd_lint(const Args& args, Console& console, World& world);
int cmd_explain(const Args& args, Console& console, World& world);
int cmd_show(const Args& args, Console& console, World& world);
int cmd_diff(const Args& args, Console& console, World& world);
int cmd_apply(const Args& args, Console& console, World& world);
int cmd_history(const Args& args, Console& console, World& world);
int cmd_plan(const Args& args, Console& console, World& world);
int cmd_rollback(const Args& args, Console& console, World& world);
int cmd_status(const Args& args, Console& console, World& world);
int cmd_wait(const Args& args, Console& console, World& world);
int cmd_logs(const Args& args, Console& console, World& world);
int cmd_events(const Args& args, Console& console, World& world);
int cmd_port_forward(const Args& args, Console& console, World& world);
int cmd_delete(const Args& args, Console& console, World& world);
int cmd_devices(const Args& args, Console& console, World& world);
int cmd_train(const Args& args, Console& console, World& world);
int cmd_train_init(const Args& args, Console& console, World& world);
int cmd_eval(const Args& args, Console& console, World& world);
int cmd_export(const Args& args, Console& console, World& world);
int cmd_predict(const Args& args, Console& console, World& world);
int cmd_model_describe(const Args& args, Console& console, World& world);
int cmd_model_list(const Args& args, Console& console, World& world);
int cmd_model_compare(const Args& args, Console& console, World& world);
int cmd_help(const Args& args, Console& console, World& world);
int cmd_validate(const Args& args, Console& console, World& world);
int cmd_version(const Args& args, Console& console, World& world);
int cmd_completion(const Args& args, Console& console, World& world);
int cmd_complete(const Args& args, Console& console, World& world);
int cmd_man(const Args& args, Console& console, World& world);

}  // namespace kfctl
