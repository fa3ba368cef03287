@echo off
rem Runs Stride's command line from a checkout: finds a JDK, builds what is missing or out of date,
rem and starts it. STRIDE_JAVA_HOME names the JDK to use; STRIDE_JAVA_OPTS adds options for the JVM.
setlocal enableextensions disabledelayedexpansion
set "NEEDED=25"
set "ROOT=%~dp0"
set "ROOT=%ROOT:~0,-1%"
set "MODULES=%ROOT%\app\target\stride"
set "BUILT=%MODULES%\stride-app.jar"
set "JDK="

if not defined STRIDE_JAVA_HOME goto search
call :try "%STRIDE_JAVA_HOME%"
if defined JDK goto found
>&2 echo stride: STRIDE_JAVA_HOME is "%STRIDE_JAVA_HOME%", which holds no JDK %NEEDED% or newer; set it to the folder of one.
exit /b 1

:search
if defined JAVA_HOME call :try "%JAVA_HOME%"
if defined JDK goto found
for /f "delims=" %%J in ('where java 2^>nul') do call :try "%%~dpJ.."
if defined JDK goto found
for %%F in ("%ProgramFiles%\Java" "%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\Zulu" "%ProgramFiles%\BellSoft" "%USERPROFILE%\.jdks" "%LOCALAPPDATA%\Programs\Eclipse Adoptium") do (
  for /d %%D in ("%%~F\*") do call :try "%%~D"
)
if defined JDK goto found
>&2 echo stride: no JDK %NEEDED% or newer was found; install one (for example from https://adoptium.net) or set STRIDE_JAVA_HOME to its folder.
exit /b 1

:found
if not exist "%BUILT%" goto build
rem Folders count too, so that a deleted file is seen.
powershell -NoProfile -Command "$t = (Get-Item -LiteralPath $env:BUILT).LastWriteTimeUtc; Set-Location -LiteralPath $env:ROOT; $f = @(Get-Item pom.xml, *\pom.xml) + @(Get-Item *\src\main) + @(Get-ChildItem *\src\main -Recurse); if ($f | Where-Object { $_.LastWriteTimeUtc -gt $t }) { exit 1 }"
if not errorlevel 1 goto run

:build
where mvn >nul 2>nul
if errorlevel 1 (
  >&2 echo stride: Maven is needed to build it and there is no mvn on the PATH; install Maven 3.8 or newer.
  exit /b 1
)
if not exist "%ROOT%\target" mkdir "%ROOT%\target"
rem Of two launches at once, the second cannot open this file for writing and stops.
set "LOG=%ROOT%\target\build.log"
>&2 echo stride: building (the first time, about a minute)...
setlocal
rem Maven runs on the JDK that was found, which it might not find by itself.
set "JAVA_HOME=%JDK%"
call mvn -q -B -ntp -Dstyle.color=never -Dquick -f "%ROOT%\pom.xml" package <nul >"%LOG%" 2>&1
set "FAILED=%ERRORLEVEL%"
endlocal & set "FAILED=%FAILED%"
if not "%FAILED%"=="0" (
  >&2 type "%LOG%"
  >&2 echo stride: the build failed; all that Maven said is in "%LOG%".
  exit /b 1
)

:run
rem The JVM takes one collector: that of STRIDE_JAVA_OPTS, if it names one.
set "SMALL=-XX:+UseSerialGC"
if defined STRIDE_JAVA_OPTS if not "%STRIDE_JAVA_OPTS:GC=%"=="%STRIDE_JAVA_OPTS%" set "SMALL="
rem The console shows UTF-8 while this runs, and afterwards what it showed before.
set "CODEPAGE="
for /f "tokens=2 delims=:." %%C in ('chcp 2^>nul') do set "CODEPAGE=%%C"
if defined CODEPAGE chcp 65001 >nul 2>nul
if defined STRIDE_VECTORS goto vectors
for %%C in (train evaluate bench experiment lr-find report style) do if "%~1"=="%%C" goto vectors
rem Little to compute: the Vector API, which takes seconds to compile, is left out. A command that
rem finds that there is much starts this file again.
"%JDK%\bin\java.exe" %SMALL% "@%ROOT%\app\src\main\jvm\short" "-Dstride.launcher=%~f0" %STRIDE_JAVA_OPTS% -p "%MODULES%" -m stride.app/stride.app.Main %*
goto end

:vectors
"%JDK%\bin\java.exe" %SMALL% "@%ROOT%\app\src\main\jvm\vectors" %STRIDE_JAVA_OPTS% -p "%MODULES%" -m stride.app/stride.app.Main %*

:end
set "STATUS=%ERRORLEVEL%"
if defined CODEPAGE chcp %CODEPAGE% >nul 2>nul
exit /b %STATUS%

rem Sets JDK to folder %1 if that holds a JDK that is new enough and none was found before. Reads
rem the JDK's release file: starting a JVM to ask it takes longer.
:try
if defined JDK exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "usebackq tokens=2 delims==" %%V in (`findstr /b "JAVA_VERSION=" "%~1\release"`) do (
  for /f "tokens=1 delims=.-+_" %%M in ("%%~V") do (
    echo %%M| findstr /x /r "[0-9][0-9]*" >nul && if %%M geq %NEEDED% set "JDK=%~f1"
  )
)
exit /b 0
