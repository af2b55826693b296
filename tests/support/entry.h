/* support/entry.h: comes before each test, whose main() the build names after its file: a program holds many. */
int main(void);
