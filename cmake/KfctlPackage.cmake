# The Debian package: `cpack -G DEB` in a build tree.
#
# What it depends on is read from the ELF files themselves, the modules among them, so that libcurl
# is there when libkfctl_http.so is loaded. libkfctl_cuda.so adds nothing: it loads NVIDIA's
# libraries by itself.
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kfctl)
set(CPACK_PACKAGE_VENDOR kfctl)
set(CPACK_PACKAGE_CONTACT "The kfctl authors <kfctl@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
