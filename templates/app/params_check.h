// Whether an edited parameter file says what was meant, found out by evaluating it before it is
// written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates/app/app.h"
#include "templates/app/packages.h"

namespace kfctl {

/// A source without any package, for files that need none.
const PackageSource& no_packages();

struct EditCheck {
  std::string path;                // of the file, below the app's root
  std::string text;                // what it shall become
  std::vector<std::string> field;  // must then have the value of `literal`; {}: no field is checked
  std::string literal;
};

/// Errors: kProject: the file as it is on the disk has an error (told with its place), or the new
/// text does not give the field that value.
Status check_edit(const App& app, const std::string& environment, const EditCheck& check);

}  // namespace kfctl
