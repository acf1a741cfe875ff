#include "tests/support/test_disk.h"

#include <filesystem>
#include <new>

#include <sqlite3.h>

#include "model/check.h"

namespace dray {
namespace {

using Kind = TestDisk::Operation::Kind;

struct TestFile {
  sqlite3_file head;  ///< First: SQLite knows no more.
  std::string* name;
  sqlite3_file* real;  ///< Lies behind this struct.
};

TestFile& of(sqlite3_file* file) {
  return *reinterpret_cast<TestFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return of(file).real;
}

int close_file(sqlite3_file* file) {
  const int result = real(file)->pMethods->xClose(real(file));
  delete of(file).name;
  return result;
}
int read_file(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}
int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  TestDisk& disk = TestDisk::the_one();
  if (disk.write_result != SQLITE_OK) {
    return disk.write_result;
  }
  disk.operations.push_back(
      {Kind::Write, *of(file).name, offset,
       std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(count))});
  return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  TestDisk::the_one().operations.push_back({Kind::Truncate, *of(file).name, size, ""});
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  TestDisk& disk = TestDisk::the_one();
  if (disk.sync_result != SQLITE_OK) {
    return disk.sync_result;
  }
  disk.operations.push_back({Kind::Sync, *of(file).name, 0, ""});
  return real(file)->pMethods->xSync(real(file), flags);
}
int size_file(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* is_held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), is_held);
}
int control_file(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_bytes(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int map_shared(sqlite3_file* file, int page, int bytes, int extend, void volatile** memory) {
  return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void barrier_shared(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int is_last) {
  return real(file)->pMethods->xShmUnmap(real(file), is_last);
}

const sqlite3_io_methods kMethods = {2,
                                     close_file,
                                     read_file,
                                     write_file,
                                     truncate_file,
                                     sync_file,
                                     size_file,
                                     lock_file,
                                     unlock_file,
                                     check_lock,
                                     control_file,
                                     sector_bytes,
                                     characteristics,
                                     map_shared,
                                     lock_shared,
                                     barrier_shared,
                                     unmap_shared,
                                     nullptr,
                                     nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* system = static_cast<sqlite3_vfs*>(vfs->pAppData);
  TestFile& test_file = of(file);
  test_file.head.pMethods = nullptr;
  test_file.real = reinterpret_cast<sqlite3_file*>(&test_file + 1);
  const int result = system->xOpen(system, name, test_file.real, flags, flags_out);
  if (result == SQLITE_OK) {
    test_file.name =
        new std::string(name == nullptr ? "" : std::filesystem::path(name).filename().string());
    test_file.head.pMethods = &kMethods;
  }
  return result;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto* system = static_cast<sqlite3_vfs*>(vfs->pAppData);
  TestDisk::the_one().operations.push_back(
      {Kind::Delete, std::filesystem::path(name).filename().string(), 0, ""});
  return system->xDelete(system, name, sync_folder);
}

}  // namespace

TestDisk& TestDisk::the_one() {
  static TestDisk disk;
  static sqlite3_vfs vfs;
  if (vfs.zName == nullptr) {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    CHECK(system != nullptr);
    vfs = *system;
    vfs.zName = kName;
    vfs.pNext = nullptr;
    vfs.pAppData = system;
    vfs.szOsFile = static_cast<int>(sizeof(TestFile)) + system->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
  }
  return disk;
}

}  // namespace dray
